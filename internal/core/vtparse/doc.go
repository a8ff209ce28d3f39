// Package vtparse turns the bytes that a program writes to its terminal into actions: text, execute,
// escape, control sequence, device control and operating system command. It is the machine of
// P. Williams ("A parser for DEC's ANSI-compatible video terminals") over UTF-8, with colon
// sub-parameters (ITU-T T.416) and bounded memory. It has no opinion on what a sequence means, and its
// state survives any split of the input. It serves the host program's output and the host bytes of a
// peer alike (spec/terminal.md, sections 1 and 5.14).
//
// The parser is pulled:
//
//	for len(b) > 0 {
//		k, n := p.Next(b)
//		b = b[n:]
//		switch k {
//		case vtparse.Text:
//			print(p.Text())
//		...
//		}
//	}
//
// Where terminals differ it follows xterm in UTF-8 mode: an operating system command that ends with
// anything but BEL or ST is dropped, parameters are clamped, and C1 controls exist in their seven-bit form
// only: code points U+0080 to U+009F are ignored and the octets 80 to 9F alone are malformed UTF-8.
package vtparse
