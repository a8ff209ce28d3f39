package display

import (
	"unicode/utf8"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// standIn is shown where a receiver may not know a character.
const standIn = "\uFFFD"

// put prints the wanted cell at column x of the row in work, where the cursor is, and returns its columns.
func (r *Renderer) put(x int) int {
	w := &r.w
	t := r.tgt[x]
	columns := 1
	if t.Content.Wide() {
		if x+1 >= w.width || !r.tgt[x+1].Content.IsTail() {
			t.Content = vt.RuneContent(utf8.RuneError, false) // half a character: no frame of ours has it
		} else {
			columns = 2
		}
	}
	if r.caps.Widths == WidthsAgreed && joins(r.interns, w.left, t.Content) {
		w.seq(x+1, 'G')
	}
	r.setPen(t.Rendition)
	if t.Content.Empty() || t.Content.IsTail() {
		w.dst = append(w.dst, ' ')
		r.written(x, 1)
		w.left = 0
		w.advance(1)
		return 1
	}
	known := true
	switch {
	case r.caps.Widths == WidthsAgreed || trust(r.caps.Widths, r.interns, t.Content, columns):
		w.dst = r.interns.AppendContent(w.dst, t.Content)
	case r.caps.Widths == WidthsPerCodePoint:
		known = r.putForStock(x, t.Content, columns)
	default:
		r.putForTerminal(x, t.Content, columns)
		known = false
	}
	r.written(x, columns)
	w.left = t.Content
	w.advance(columns)
	if !known {
		w.colKnown, w.edge = false, false
	}
	return columns
}

// isASCII says that c is one of 20 to 7E alone.
func isASCII(c vt.Content) bool { return c-0x20 < 0x7f-0x20 }

// text prints the wanted cells from column x on, where the cursor is, as long as they are ASCII, of one
// rendition, and not there already. It returns where it stopped.
func (r *Renderer) text(x int) int {
	w := &r.w
	pen := r.tgt[x].Rendition
	r.setPen(pen)
	end := x + 1
	for end < r.end && isASCII(r.tgt[end].Content) && r.tgt[end].Rendition == pen && r.tgt[end] != r.cur[end] {
		end++
	}
	for i := x; i < end; {
		c := r.tgt[i].Content
		w.dst = append(w.dst, byte(c))
		i++
		if !r.caps.Repeat || i >= end || r.tgt[i].Content != c {
			continue
		}
		i += r.again(c, r.tgt[i:end])
	}
	w.left = r.tgt[end-1].Content
	r.written(x, end-x)
	w.advance(end - x)
	return end
}

// again writes REP for the cells at the front of cells that hold c, if that is shorter than c again and again.
func (r *Renderer) again(c vt.Content, cells []vt.Cell) int {
	n := 0
	for n < len(cells) && cells[n].Content == c {
		n++
	}
	if n <= seqCost(n) {
		return 0
	}
	r.w.seq(n, 'b')
	return n
}

// joins says that c, printed right after left, would become part of it at a receiver that counts clusters.
func joins(n *vt.Interns, left, c vt.Content) bool {
	if left == 0 || left < 0x80 {
		return false
	}
	if first, ok := c.Rune(); ok && first < 0x2000 {
		return false
	}
	var a, b [96]byte
	first, _ := utf8.DecodeRune(n.AppendContent(b[:0], c))
	cluster := width.Unicode17.ClusterOf(string(n.AppendContent(a[:0], left)))
	_, joined, _ := width.Unicode17.Next(cluster, first)
	return joined
}

// trust says that any receiver gives c the columns that we give it.
func trust(widths Widths, n *vt.Interns, c vt.Content, columns int) bool {
	table := width.Stock
	if widths == WidthsUnknown {
		table = width.Unicode17Plain
	}
	if r, ok := c.Rune(); ok {
		return !width.Doubtful(r) && table.Rune(r) == columns
	}
	var buf [96]byte
	sum := 0
	for i, b := 0, n.AppendContent(buf[:0], c); len(b) > 0; i++ {
		r, size := utf8.DecodeRune(b)
		if width.Doubtful(r) || i > 0 && width.Unicode17Plain.Rune(r) != 0 {
			return false
		}
		sum += max(table.Rune(r), 0)
		b = b[size:]
	}
	return sum == columns
}

// putForStock prints a character that a peer which counts code points may judge differently or not know, and
// says whether the column is known afterwards. What the character may have covered is printed again.
//
// If the peer may not know it, a stand-in comes first and the character goes over it. If the peer may take it
// for narrower than we do, what would be beside it is erased first: not after, for stock compares also what a
// wide character hides.
func (r *Renderer) putForStock(x int, c vt.Content, columns int) (known bool) {
	w := &r.w
	var buf [96]byte
	text := r.interns.AppendContent(buf[:0], c)
	n, used, covers := fit(text, columns, w.width-x)
	first, _ := utf8.DecodeRune(text)
	switch unknown := width.Stock.Rune(first) < 0; {
	case n == 0 || unknown:
		w.str(standIn)
		if columns == 2 {
			w.dst = append(w.dst, ' ')
		}
		if n == 0 {
			return true
		}
		w.seq(x+1, 'G')
	case columns == 2 && r.cur[x+1] != vt.Blank(w.pen) && !(used == 2 && width.Stock.Rune(first) == 1):
		w.seq(2, 'X')
	}
	w.dst = append(w.dst, text[:n]...)
	r.forget(x+columns, x+covers)
	return false
}

// fit returns how many octets of text fit into a cell of so many columns at a peer that counts code points, how
// many columns they take, and how many they cover at a peer that takes what is doubtful for wide, which must
// not be more than there is room for.
func fit(text []byte, columns, room int) (n, used, covers int) {
	for n < len(text) {
		p, size := utf8.DecodeRune(text[n:])
		k := width.Stock.Rune(p)
		if k < 0 {
			k = width.Unicode17Plain.Rune(p)
		}
		most := k
		if k == 1 && (width.Doubtful(p) || n > 0) {
			most = 2
		}
		if k < 0 || n == 0 && k == 0 || used+k > columns || covers+most > room {
			return n, used, covers
		}
		n, used, covers = n+size, used+k, covers+most
	}
	return n, used, covers
}

// forget notes that nothing is known of the cells [from,to), which may have been covered.
func (r *Renderer) forget(from, to int) {
	for i := from; i < min(to, r.w.width); i++ {
		r.cur[i].Content = unknown
		r.end = max(r.end, i+1)
	}
}

// putForTerminal prints a character that the user's terminal may judge differently. The caller forgets the
// column; what the character may have covered is printed again.
func (r *Renderer) putForTerminal(x int, c vt.Content, columns int) {
	w := &r.w
	if columns == 2 {
		w.str("  ")
		w.seq(x+1, 'G')
	}
	start := len(w.dst)
	w.dst = r.interns.AppendContent(w.dst, c)
	most := 0
	for b := w.dst[start:]; len(b) > 0; {
		p, size := utf8.DecodeRune(b)
		n := max(width.Unicode17Plain.Rune(p), 0)
		if n == 1 && width.Doubtful(p) || p == 0xfe0f {
			n = 2
		}
		most += n
		b = b[size:]
	}
	if x+most > w.width { // autowrap off: the next row is not touched, whatever happens
		text := len(w.dst) - start
		w.str(csi + "?7l")
		copy(w.dst[start+5:], w.dst[start:start+text])
		copy(w.dst[start:], csi+"?7l")
		w.str(csi + "?7h")
	}
	r.forget(x+columns, x+most)
}
