package ssp

import (
	"testing"
	"time"

	"mosh/internal/core/datagram"
)

// FuzzPayload gives a transport two authentic payloads of any content, as a peer with the key may send.
func FuzzPayload(f *testing.F) {
	for _, name := range sessionFiles[:2] {
		for i, d := range readSession(f, name).Datagrams {
			if i < 8 {
				f.Add([]byte(d.Plaintext[4:]), []byte(d.Plaintext[4:]))
			}
		}
	}
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 'a'}, []byte{0, 0, 0, 0, 0, 0, 0, 7, 0x80, 1, 'b'})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		now := time.UnixMilli(1000)
		tr := New(now, Config{}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() userLog { return "R" }, "", hostMirror{})
		tr.Changed(now)
		p := prober{datagram.NewEndpoint(probeKey, datagram.ToClient), now}
		for _, payload := range [][]byte{a, b} {
			if len(payload) > datagram.MaxReceive-datagram.Overhead {
				continue
			}
			_ = p.send(t, tr.HandleDatagram, payload)
			tr.AppendDatagrams(now, nil)
			now = now.Add(time.Second)
			tr.Advance(now)
		}
		if len(tr.in.queue) == 0 || len(tr.out.sent) == 0 {
			t.Error("an empty list of states")
		}
	})
}

// FuzzInstruction gives it any text inside a proper fragment and zlib stream.
func FuzzInstruction(f *testing.F) {
	for _, name := range sessionFiles {
		for i, d := range readSession(f, name).Datagrams {
			if i < 8 && d.Instruction != nil {
				f.Add([]byte(d.Instruction.Protobuf))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1000 {
			return
		}
		now := time.UnixMilli(1000)
		tr := New(now, Config{}, datagram.NewEndpoint(probeKey, datagram.ToClient), func() hostLog { return hostLog{} }, hostLog{}, userMirror{})
		p := prober{datagram.NewEndpoint(probeKey, datagram.ToServer), now}
		var d deflater
		fr := fragment{id: 1, final: true, chunk: d.append(nil, text)}
		_ = p.send(t, tr.HandleDatagram, fr.append(nil))
		if n := len(tr.AppendDatagrams(now, nil)); n != 1 {
			t.Errorf("a server answers its first datagram with %d", n)
		}
	})
}

func FuzzAssembler(f *testing.F) {
	f.Add([]byte("\x01\x00a\x01\x81b"))
	f.Add([]byte("\x01\x85a\x01\x02b\x02\x80c"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a assembler
		for ; len(b) >= 3; b = b[3:] {
			_, complete, err := a.add(fragment{uint64(b[0] % 3), int(b[1] & 0x7f), b[1]&0x80 != 0, b[2:3]})
			if complete && err != nil {
				t.Error("complete with an error")
			}
			if a.held > len(a.parts) || a.total > 0 && a.held >= a.total {
				t.Errorf("held %d of %d", a.held, a.total)
			}
		}
	})
}

func FuzzInflate(f *testing.F) {
	var d deflater
	f.Add(d.append(nil, []byte("some text, some text")))
	f.Add([]byte("\x78\x9c\x03"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var z inflater
		if out, err := z.inflate(b, nil); err == nil && len(out) > maxInstruction {
			t.Errorf("%d octets", len(out))
		}
	})
}
