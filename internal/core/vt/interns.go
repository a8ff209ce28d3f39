package vt

// Interns holds what does not fit into a cell: clusters of several code points, and pairs of underline
// colour and hyperlink. It only grows, so that it may be shared by a terminal, its clones and all their
// frames; a terminal whose tables are full starts a new one and rewrites its own cells. Cells of frames
// with different Interns are compared by what the indexes mean.
type Interns struct {
	clusters   []string
	clusterIdx map[string]uint32
	extras     []Extra
	extraIdx   map[Extra]uint16
	bytes      int
}

// Extra is the rarely used part of a rendition.
type Extra struct {
	UnderlineColor Color
	Link           Link
}

// Link is a hyperlink of OSC 8. The zero Link is none. Cells of equal Link belong together.
type Link struct {
	ID  string // the id parameter, may be empty
	URI string
}

// Limits of the tables: a program can fill them, so they are bounded in entries and in octets.
const (
	maxClusters    = 1 << 16
	maxExtras      = 1<<16 - 1
	maxInternBytes = 2 << 20
)

// NewInterns returns empty tables.
func NewInterns() *Interns {
	return &Interns{clusterIdx: map[string]uint32{}, extraIdx: map[Extra]uint16{}, extras: make([]Extra, 1)}
}

// Cluster returns the content for the cluster s (two or more code points). ok is false if the table is full.
func (n *Interns) Cluster(s string, wide bool) (c Content, ok bool) {
	return n.cluster([]byte(s), wide)
}

func (n *Interns) cluster(s []byte, wide bool) (c Content, ok bool) {
	i, known := n.clusterIdx[string(s)]
	if !known {
		if len(n.clusters) >= maxClusters || n.bytes+len(s) > maxInternBytes {
			return 0, false
		}
		i = uint32(len(n.clusters))
		n.clusters = append(n.clusters, string(s))
		n.clusterIdx[n.clusters[i]] = i
		n.bytes += len(s)
	}
	c = contentCluster | Content(i)
	if wide {
		c |= contentLead
	}
	return c, true
}

// AddExtra returns the index for e. ok is false if the table is full.
func (n *Interns) AddExtra(e Extra) (i uint16, ok bool) {
	if e == (Extra{}) {
		return 0, true
	}
	if i, known := n.extraIdx[e]; known {
		return i, true
	}
	size := len(e.Link.ID) + len(e.Link.URI)
	if len(n.extras) >= maxExtras || n.bytes+size > maxInternBytes {
		return 0, false
	}
	i = uint16(len(n.extras))
	n.extras = append(n.extras, e)
	n.extraIdx[e] = i
	n.bytes += size
	return i, true
}

// Extra returns what index i stands for.
func (n *Interns) Extra(i uint16) Extra {
	if int(i) >= len(n.extras) {
		return Extra{}
	}
	return n.extras[i]
}

// AppendContent appends the text of c in UTF-8: nothing for an empty cell or a tail.
func (n *Interns) AppendContent(dst []byte, c Content) []byte {
	if r, ok := c.Rune(); ok {
		return appendRune(dst, r)
	}
	if i, ok := c.Cluster(); ok && int(i) < len(n.clusters) {
		return append(dst, n.clusters[i]...)
	}
	return dst
}
