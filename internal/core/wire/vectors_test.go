package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"
)

type octets []byte

func (o *octets) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	var err error
	*o, err = hex.DecodeString(s)
	return err
}

type number uint64

func (n *number) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	v, err := strconv.ParseUint(s, 10, 64)
	*n = number(v)
	return err
}

// captured is an instruction of a session of stock mosh 1.4.0, with the fields as another decoder read them.
type captured struct {
	Protobuf  octets `json:"protobuf_hex"`
	Version   uint32 `json:"protocol_version"`
	Old       number `json:"old_num"`
	New       number `json:"new_num"`
	Ack       number `json:"ack_num"`
	Throwaway number `json:"throwaway_num"`
	Diff      octets `json:"diff_hex"`
	Chaff     octets `json:"chaff_hex"`
	Parts     []struct {
		Type          string
		Width, Height int
		EchoAck       json.Number `json:"echo_ack_num"`
		Host          octets      `json:"hoststring_hex"`
		Keys          octets      `json:"keys_hex"`
	} `json:"diff_instructions"`
}

func readSession(t testing.TB, name string) (toServer, toClient []captured) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Datagrams []struct {
			Direction   int `json:"direction_bit"`
			Instruction *captured
		}
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Datagrams {
		switch {
		case d.Instruction == nil:
		case d.Direction == 0:
			toServer = append(toServer, *d.Instruction)
		default:
			toClient = append(toClient, *d.Instruction)
		}
	}
	if len(toServer) == 0 || len(toClient) == 0 {
		t.Fatalf("%s holds no instructions", name)
	}
	return toServer, toClient
}

var sessionFiles = []string{"session_server_exit_ipv4.json", "session_client_quit_ipv6.json", "session_loss_ipv4.json"}

// Every captured instruction is read as the capture says and written back octet for octet, the diff inside it too.
func TestSessions(t *testing.T) {
	for _, name := range sessionFiles {
		toServer, toClient := readSession(t, name)
		for i, c := range append(toServer, toClient...) {
			got, err := ParseTransportInstruction(c.Protobuf)
			if err != nil {
				t.Fatalf("%s %d: %v", name, i, err)
			}
			if got.Version != c.Version || got.Old != uint64(c.Old) || got.New != uint64(c.New) || got.Ack != uint64(c.Ack) ||
				got.Throwaway != uint64(c.Throwaway) || !bytes.Equal(got.Diff, c.Diff) || !bytes.Equal(got.Chaff, c.Chaff) {
				t.Errorf("%s %d: got %+v, want %+v", name, i, got, c)
			}
			if b := got.Append(nil); !bytes.Equal(b, c.Protobuf) {
				t.Errorf("%s %d: wrote %x, want %x", name, i, b, c.Protobuf)
			}
			var again []byte
			n := 0
			parse := HostMessage(c.Diff).Instructions()
			if i < len(toServer) {
				parse = UserMessage(c.Diff).Instructions()
			}
			for ins, err := range parse {
				if err != nil {
					t.Fatalf("%s %d: %v", name, i, err)
				}
				want := c.Parts[n]
				n++
				if ins.Kind.String() != want.Type || ins.Width != want.Width || ins.Height != want.Height || !bytes.Equal(ins.Bytes, append(want.Host, want.Keys...)) {
					t.Errorf("%s %d: got %+v, want %+v", name, i, ins, want)
				}
				again = appendInstruction(again, ins)
			}
			if n != len(c.Parts) || !bytes.Equal(again, c.Diff) {
				t.Errorf("%s %d: %d of %d instructions, wrote %x, want %x", name, i, n, len(c.Parts), again, c.Diff)
			}
		}
	}
}

func appendInstruction(dst []byte, ins Instruction) []byte {
	switch ins.Kind {
	case Keystroke:
		return AppendKeystroke(dst, ins.Bytes)
	case HostBytes:
		return AppendHostBytes(dst, ins.Bytes)
	case Resize:
		return AppendResize(dst, ins.Width, ins.Height)
	case EchoAck:
		return AppendEchoAck(dst, ins.EchoAck)
	case Extended:
		return AppendExtension(dst, ins.Extension)
	}
	return dst
}
