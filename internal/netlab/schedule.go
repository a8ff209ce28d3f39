package netlab

import "time"

// entry is a packet under way.
type entry struct {
	due    time.Duration
	serial uint64
	dir    Dir
	packet []byte
}

func (e entry) before(o entry) bool {
	return e.due < o.due || e.due == o.due && e.serial < o.serial
}

// schedule is a binary heap by due time. (container/heap would box every entry: the router must not make garbage.)
type schedule []entry

func (s *schedule) push(e entry) {
	q := append(*s, e)
	i := len(q) - 1
	for i > 0 && q[i].before(q[(i-1)/2]) {
		q[i], q[(i-1)/2] = q[(i-1)/2], q[i]
		i = (i - 1) / 2
	}
	*s = q
}

func (s *schedule) pop() entry {
	q := *s
	top := q[0]
	n := len(q) - 1
	q[0], q[n] = q[n], entry{}
	q = q[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && q[c+1].before(q[c]) {
			c++
		}
		if !q[c].before(q[i]) {
			break
		}
		q[i], q[c] = q[c], q[i]
		i = c
	}
	*s = q
	return top
}
