package ssp

import "testing"

var sessionFiles = []string{"session_server_exit_ipv4.json", "session_client_quit_ipv6.json", "session_loss_ipv4.json"}

// session is a capture of stock mosh 1.4.0.
type session struct {
	Key       octets `json:"key_hex"`
	Datagrams []capturedDatagram
}

type capturedDatagram struct {
	At        float64 `json:"t_ms"`
	Direction int     `json:"direction_bit"`
	Datagram  octets  `json:"datagram_hex"`
	Plaintext octets  `json:"plaintext_hex"`
	Timestamp uint16
	Reply     *uint16 `json:"timestamp_reply"`
	Delivered *bool
	Fragment  struct {
		ID     uint64 `json:",string"`
		Number int    `json:"num"`
		Final  bool
	}
	Instruction *capturedInstruction
}

type capturedInstruction struct {
	Compressed octets `json:"compressed_hex"`
	Protobuf   octets `json:"protobuf_hex"`
	Old        uint64 `json:"old_num,string"`
	New        uint64 `json:"new_num,string"`
	Ack        uint64 `json:"ack_num,string"`
	Throwaway  uint64 `json:"throwaway_num,string"`
	Diff       octets `json:"diff_hex"`
	Chaff      octets `json:"chaff_hex"`
}

func readSession(t testing.TB, name string) session {
	t.Helper()
	var s session
	readVectors(t, name, &s)
	if len(s.Datagrams) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return s
}
