package corpus

import "fmt"

// The film's screen, and how many of its frames a second are shown.
const (
	FilmWidth, FilmHeight = 200, 60
	FilmRate              = 60
)

// AppendFilm appends what a full-screen program in true colour writes for frame n: a plasma in blocks that moves, a log
// that scrolls slowly, and the number of the frame at the top.
func AppendFilm(b []byte, n int) []byte {
	b = fmt.Appendf(b, "\x1b[H\x1b[m frame %06d ", n)
	for row := 2; row <= FilmHeight; row++ {
		b = fmt.Appendf(b, "\x1b[%d;1H", row)
		if row%4 != 0 {
			b = fmt.Appendf(b, "\x1b[38;2;120;%d;90m%6d a line of text that stays for a second\x1b[K", row*4, row+n/FilmRate)
			continue
		}
		for col := 0; col < FilmWidth; col += 4 {
			b = fmt.Appendf(b, "\x1b[48;2;%d;%d;%dm    ", (col+n*2)&0xff, (row*4+n)&0xff, (col^row)&0xff)
		}
		b = append(b, "\x1b[m"...)
	}
	return b
}
