//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"os"
	"sync"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
	"mosh/internal/netlab"
	"mosh/internal/simnet"
)

// timeline is the story of a profile in lines: keys, paints, and the datagrams of the mosh variants at the router,
// decoded with the keys of their sessions.
type timeline struct {
	mu      sync.Mutex
	w       io.Writer
	link    *netlab.Link
	streams map[uint16]*[2]stream // by server port
}

// stream is one direction of one session.
type stream struct {
	variant string
	opener  *datagram.Endpoint
	id      uint64
	parts   map[uint16][]byte
	total   int
	reader  simnet.Reader
}

// newTimeline writes to a file the profile's name is added to; without a file nothing is traced.
func newTimeline(file, profile string, l *netlab.Link) (*timeline, error) {
	if file == "" {
		return nil, nil
	}
	w, err := os.Create(file + "." + profile)
	if err != nil {
		return nil, err
	}
	t := &timeline{w: w, link: l, streams: map[uint16]*[2]stream{}}
	l.Trace(t.datagram)
	return t, nil
}

// follow decodes what passes to and from a server port from now on.
func (t *timeline) follow(variant string, port uint16, key string) error {
	if t == nil {
		return nil
	}
	k, err := datagram.ParseKey(key)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// An end opens what comes from the other direction.
	t.streams[port] = &[2]stream{
		netlab.Up:   {variant: variant, opener: datagram.NewEndpoint(k, datagram.ToClient)},
		netlab.Down: {variant: variant, opener: datagram.NewEndpoint(k, datagram.ToServer)},
	}
	return nil
}

// note writes a line about something that happened at the terminal.
func (t *timeline) note(variant, format string, args ...any) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line(t.link.Now(), variant, format, args...)
}

func (t *timeline) line(at time.Duration, variant, format string, args ...any) {
	fmt.Fprintf(t.w, "%10.2f %-5s %s\n", float64(at.Microseconds())/1000, variant, fmt.Sprintf(format, args...))
}

func (t *timeline) datagram(e netlab.Event) {
	payload, src, dst, ok := netlab.UDPPayload(e.Packet)
	if !ok {
		return
	}
	port, arrow := dst, "→"
	if e.Dir == netlab.Down {
		port, arrow = src, "←"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.streams[port]
	if s == nil || len(payload) < 8 {
		return
	}
	fate := e.Fate.String()
	if e.Fate == netlab.Delivered {
		fate = fmt.Sprintf("+%.1f", float64((e.Due-e.At).Microseconds())/1000)
	}
	st := &s[e.Dir]
	t.line(e.At, st.variant, "%s #%d %d B %-9s %s", arrow, binary.BigEndian.Uint64(payload)&^(1<<63), len(payload), fate,
		st.decode(payload, e.Dir))
}

// decode describes the instruction a datagram completes, or its fragment.
func (s *stream) decode(b []byte, dir netlab.Dir) string {
	f, err := s.opener.Open(time.Now(), netip.AddrPort{}, false, b)
	if err != nil {
		return err.Error()
	}
	if len(f) < 10 {
		return "short fragment"
	}
	id, num := binary.BigEndian.Uint64(f), binary.BigEndian.Uint16(f[8:])
	if id != s.id || s.parts == nil {
		s.id, s.parts, s.total = id, map[uint16][]byte{}, -1
	}
	s.parts[num&0x7fff] = bytes.Clone(f[10:])
	if num&0x8000 != 0 {
		s.total = int(num&0x7fff) + 1
	}
	if len(s.parts) != s.total {
		return fmt.Sprintf("id %d fragment %d", id, num&0x7fff)
	}
	var whole []byte
	for i := range s.total {
		whole = append(whole, s.parts[uint16(i)]...)
	}
	in, err := s.reader.Read(whole)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("id %d: %s⇒%s ack %s throwaway %s chaff %d%s", id, state(in.Old), state(in.New), state(in.Ack),
		state(in.Throwaway), len(in.Chaff), describe(in.Diff, dir))
}

func state(n uint64) string {
	if n == 1<<64-1 {
		return "end"
	}
	return fmt.Sprint(n)
}

// describe says in short what a diff holds.
func describe(diff []byte, dir netlab.Dir) (text string) {
	instructions := wire.UserMessage(diff).Instructions()
	if dir == netlab.Down {
		instructions = wire.HostMessage(diff).Instructions()
	}
	for in, err := range instructions {
		switch {
		case err != nil:
			return text + " " + err.Error()
		case in.Kind == wire.Resize:
			text += fmt.Sprintf(" resize %dx%d", in.Width, in.Height)
		case in.Kind == wire.EchoAck:
			text += fmt.Sprintf(" echo-ack %d", in.EchoAck)
		case len(in.Bytes) > 60:
			text += fmt.Sprintf(" %d octets %.60q...", len(in.Bytes), in.Bytes)
		case in.Bytes != nil:
			text += fmt.Sprintf(" %q", in.Bytes)
		default:
			text += " " + in.Kind.String()
		}
	}
	return text
}
