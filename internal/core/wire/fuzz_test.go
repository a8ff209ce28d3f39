package wire

import (
	"bytes"
	"iter"
	"reflect"
	"testing"
)

func FuzzTransportInstruction(f *testing.F) {
	toServer, toClient := readSession(f, sessionFiles[0])
	for _, c := range append(toServer, toClient...) {
		f.Add([]byte(c.Protobuf))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := ParseTransportInstruction(b)
		if err != nil {
			return
		}
		y, err := ParseTransportInstruction(x.Append(nil))
		if err != nil || y.Old != x.Old || y.New != x.New || y.Ack != x.Ack || y.Throwaway != x.Throwaway || y.Version != x.Version ||
			!bytes.Equal(x.Diff, y.Diff) || !bytes.Equal(x.Chaff, y.Chaff) {
			t.Errorf("%+v became %+v, %v", x, y, err)
		}
	})
}

// roundTrip writes what was read and reads it again.
func roundTrip(t *testing.T, parse func([]byte) iter.Seq2[Instruction, error], b []byte) {
	read := func(b []byte) (out []Instruction, err error) {
		for ins, err := range parse(b) {
			if err != nil {
				return nil, err
			}
			if ins.Kind == Unknown || ins.Kind == BadExtension {
				continue
			}
			if ins.Bytes == nil {
				ins.Bytes = []byte{}
			}
			out = append(out, ins)
		}
		return out, nil
	}
	x, err := read(b)
	if err != nil {
		return
	}
	var again []byte
	for _, ins := range x {
		again = appendInstruction(again, ins)
	}
	y, err := read(again)
	if err != nil || !reflect.DeepEqual(x, y) {
		t.Errorf("%+v became %+v, %v", x, y, err)
	}
}

func FuzzUserMessage(f *testing.F) {
	toServer, _ := readSession(f, sessionFiles[1])
	for _, c := range toServer {
		f.Add([]byte(c.Diff))
	}
	f.Add(AppendExtension(nil, Extension{Hello: &Hello{Version: 1, Features: 14, Program: "x", Widths: 2}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		roundTrip(t, func(b []byte) iter.Seq2[Instruction, error] { return UserMessage(b).Instructions() }, b)
	})
}

func FuzzHostMessage(f *testing.F) {
	_, toClient := readSession(f, sessionFiles[1])
	for _, c := range toClient {
		f.Add([]byte(c.Diff))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		roundTrip(t, func(b []byte) iter.Seq2[Instruction, error] { return HostMessage(b).Instructions() }, b)
	})
}

func FuzzExtension(f *testing.F) {
	f.Add(Extension{Hello: &Hello{Version: 1, Features: 14, Program: "x", Widths: 2}, TTY: &TTY{}, Exit: &Exit{Status: 3}}.Append(nil))
	f.Add([]byte{0x0a, 3, 0x12, 1, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := ParseExtension(b)
		if err != nil {
			return
		}
		y, err := ParseExtension(x.Append(nil))
		if err != nil || !reflect.DeepEqual(x, y) {
			t.Errorf("%+v became %+v, %v", x, y, err)
		}
	})
}
