//go:build !windows

package serverloop

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"mosh/internal/core/datagram"
	"mosh/internal/core/server"
	"mosh/internal/corpus"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/udp"
)

// TestMain lets the test program be the stage between server and shell.
func TestMain(m *testing.M) {
	if pty.IsStage(os.Args) {
		os.Exit(pty.RunStage())
	}
	os.Exit(m.Run())
}

// BenchmarkFlood is a program that writes 16 MiB of log lines, without a client: what the loop, the pty and
// the terminal cost together.
func BenchmarkFlood(b *testing.B) {
	file := filepath.Join(b.TempDir(), "log")
	text := corpus.Log(1, 16<<20)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		p, err := pty.Start(pty.Command{Path: "cat", Args: []string{"cat", file}, Env: os.Environ(), Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		s, err := udp.Listen(netip.MustParseAddr("127.0.0.1"), udp.Ports{})
		if err != nil {
			b.Fatal(err)
		}
		now := clock.Now()
		session := server.New(now, server.Config{Width: 80, Height: 24})
		session.AddPeer(now, datagram.Key{})
		if err := p.Release(); err != nil {
			b.Fatal(err)
		}
		records := login.Begin(login.Session{})
		Run(Config{Session: session, Socket: s, Pty: p, Log: slog.New(slog.DiscardHandler), Records: records})
		s.Close()
	}
}
