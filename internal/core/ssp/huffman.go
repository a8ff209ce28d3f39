package ssp

import "slices"

// tree is one of the three Huffman trees of a block, built as zlib builds it:
// the codes of equal length depend on the order of ties in its heap.
type tree struct {
	freq []uint16 // of symbols, then of inner nodes
	len  []uint8
	code []uint16
	kind *treeKind
	max  int // largest symbol in use

	heap    []int16 // 1-based; sorted nodes grow down from the end
	size    int
	sorted  int
	depth   []uint8
	parent  []int16
	lengths [16]uint16 // how many codes of each length
}

// treeKind is what the format fixes about a tree.
type treeKind struct {
	symbols  int
	extra    []uint8 // extra bits, from symbol base on
	base     int
	maxLen   int
	fixedLen func(int) int // nil: no fixed code
}

func newTree(k *treeKind) tree {
	nodes := 2*k.symbols + 1
	return tree{
		kind: k, freq: make([]uint16, nodes), len: make([]uint8, nodes), code: make([]uint16, k.symbols+2),
		heap: make([]int16, nodes), depth: make([]uint8, nodes), parent: make([]int16, nodes),
	}
}

// build gives every symbol with a frequency a code and returns the size of the
// coded text in bits, with this tree and with the fixed one.
func (t *tree) build() (dynamic, fixed int) {
	t.size, t.sorted, t.max = 0, len(t.heap), -1
	for n := range t.kind.symbols {
		t.len[n] = 0
		if t.freq[n] != 0 {
			t.push(n)
			t.max = n
		}
	}
	for t.size < 2 { // the format wants two codes
		n := 0
		if t.max < 2 {
			t.max++
			n = t.max
		}
		t.freq[n] = 1
		t.push(n)
		dynamic--
		if t.kind.fixedLen != nil {
			fixed -= t.kind.fixedLen(n)
		}
	}
	for i := t.size / 2; i >= 1; i-- {
		t.sift(i)
	}
	for node := int16(t.kind.symbols); ; node++ {
		a := t.heap[1]
		t.heap[1] = t.heap[t.size]
		t.size--
		t.sift(1)
		b := t.heap[1]
		t.sorted -= 2
		t.heap[t.sorted+1], t.heap[t.sorted] = a, b
		t.freq[node] = t.freq[a] + t.freq[b]
		t.depth[node] = max(t.depth[a], t.depth[b]) + 1
		t.parent[a], t.parent[b] = node, node
		t.heap[1] = node
		t.sift(1)
		if t.size < 2 {
			break
		}
	}
	t.sorted--
	t.heap[t.sorted] = t.heap[1]
	d, f := t.limitLengths()
	t.assignCodes()
	return dynamic + d, fixed + f
}

func (t *tree) push(n int) {
	t.size++
	t.heap[t.size] = int16(n)
	t.depth[n] = 0
}

func (t *tree) smaller(n, m int16) bool {
	return t.freq[n] < t.freq[m] || t.freq[n] == t.freq[m] && t.depth[n] <= t.depth[m]
}

func (t *tree) sift(k int) {
	v := t.heap[k]
	for j := k << 1; j <= t.size; j <<= 1 {
		if j < t.size && t.smaller(t.heap[j+1], t.heap[j]) {
			j++
		}
		if t.smaller(v, t.heap[j]) {
			break
		}
		t.heap[k] = t.heap[j]
		k = j
	}
	t.heap[k] = v
}

func (t *tree) extraBits(n int) int {
	if n < t.kind.base {
		return 0
	}
	return int(t.kind.extra[n-t.kind.base])
}

// limitLengths computes the code lengths from the tree and shortens those beyond the format's limit.
func (t *tree) limitLengths() (dynamic, fixed int) {
	t.lengths = [16]uint16{}
	t.len[t.heap[t.sorted]] = 0
	overflow := 0
	for _, node := range t.heap[t.sorted+1:] {
		n := int(node)
		l := int(t.len[t.parent[n]]) + 1
		if l > t.kind.maxLen {
			l = t.kind.maxLen
			overflow++
		}
		t.len[n] = uint8(l)
		if n > t.max {
			continue // an inner node
		}
		t.lengths[l]++
		dynamic += int(t.freq[n]) * (l + t.extraBits(n))
		if t.kind.fixedLen != nil {
			fixed += int(t.freq[n]) * (t.kind.fixedLen(n) + t.extraBits(n))
		}
	}
	if overflow == 0 {
		return dynamic, fixed
	}
	for ; overflow > 0; overflow -= 2 {
		l := t.kind.maxLen - 1
		for t.lengths[l] == 0 {
			l--
		}
		t.lengths[l]--
		t.lengths[l+1] += 2
		t.lengths[t.kind.maxLen]--
	}
	h := len(t.heap)
	for l := t.kind.maxLen; l > 0; l-- {
		for left := t.lengths[l]; left > 0; {
			h--
			n := int(t.heap[h])
			if n > t.max {
				continue
			}
			dynamic += (l - int(t.len[n])) * int(t.freq[n])
			t.len[n] = uint8(l)
			left--
		}
	}
	return dynamic, fixed
}

// assignCodes is RFC 1951, section 3.2.2, with the bits of each code reversed for the writer.
func (t *tree) assignCodes() {
	var next [16]uint16
	code := uint16(0)
	for l := 1; l < 16; l++ {
		code = (code + t.lengths[l-1]) << 1
		next[l] = code
	}
	for n := 0; n <= t.max; n++ {
		if l := t.len[n]; l != 0 {
			t.code[n] = reverse(next[l], l)
			next[l]++
		}
	}
}

func (t *tree) reset() { clear(t.freq) }

// runs calls emit for every run of the code lengths in the form of RFC 1951,
// section 3.2.7: a length, or 16, 17 or 18 with a repeat count.
func (t *tree) runs(emit func(symbol, repeat int)) {
	previous := -1
	lens := t.len[:t.max+1]
	for i := 0; i < len(lens); {
		l := int(lens[i])
		longest := 7
		switch {
		case l == 0:
			longest = 138
		case l == previous:
			longest = 6
		}
		n := slices.IndexFunc(lens[i:min(len(lens), i+longest)], func(x uint8) bool { return int(x) != l })
		if n < 0 {
			n = min(len(lens)-i, longest)
		}
		emitRun(emit, l, n, l == previous)
		previous = l
		i += n
	}
}

func emitRun(emit func(symbol, repeat int), l, n int, again bool) {
	switch {
	case l == 0 && n >= 11:
		emit(18, n-11)
	case l == 0 && n >= 3:
		emit(17, n-3)
	case l != 0 && again && n >= 3:
		emit(16, n-3)
	case l != 0 && !again && n >= 4:
		emit(l, 0)
		emit(16, n-1-3)
	default:
		for range n {
			emit(l, 0)
		}
	}
}
