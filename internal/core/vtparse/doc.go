// Package vtparse turns the bytes that a program writes to its terminal into actions: print, execute,
// escape, control sequence, device control and operating system command. It is the machine of
// P. Williams ("A parser for DEC's ANSI-compatible video terminals") over UTF-8, with colon
// sub-parameters (ITU-T T.416) and bounded memory. It has no opinion on what a sequence means, and its
// state survives any split of the input.
package vtparse
