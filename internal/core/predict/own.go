package predict

import (
	"time"

	"mosh/internal/core/vt"
)

type own struct {
	policy    *policy
	stats     *Stats
	overwrite bool
	server    *vt.Frame
}

func newOwn(p *policy, st *Stats, overwrite bool) own {
	return own{policy: p, stats: st, overwrite: overwrite}
}

func (o *own) keys(now time.Time, b []byte, sent uint64, server *vt.Frame)  {}
func (o *own) frame(now time.Time, server *vt.Frame, echoAck, acked uint64) {}
func (o *own) setTTY(known, echo, canonical bool)                           {}
func (o *own) apply(server *vt.Frame) *vt.Frame                             { return server }
func (o *own) reset()                                                       {}
func (o *own) nextTimeout() time.Time                                       { return time.Time{} }
