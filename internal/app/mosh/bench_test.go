package mosh

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/creack/pty"
)

// BenchmarkPrompt measures from pressing Enter to the remote prompt on the screen, over a real sshd on this machine:
// plain ssh, stock mosh and ours take turns. Run it with -benchtime=20x or so; the CPU time is the launcher's own.
func BenchmarkPrompt(b *testing.B) {
	h := newSSHHost(b, nil)
	ssh := []string{"-F", h.dir + "/ssh_config"}
	ready := []string{"--", "sh", "-c", "echo READY; read x"}
	programs := []struct {
		name string
		argv []string
	}{
		{"ssh", append(append([]string{"ssh", "-tt"}, ssh...), "127.0.0.1", "--", "sh -c 'echo READY; read x'")},
		{"stock", append([]string{"/usr/bin/mosh", "--ssh=" + h.ssh(), "--server=/usr/bin/mosh-server", "127.0.0.1"}, ready...)},
		{"ours", append([]string{built(b) + "/mosh", "--ssh=" + h.ssh(), "127.0.0.1"}, ready...)},
	}
	total := map[string]time.Duration{}
	for b.Loop() {
		for _, p := range programs {
			total[p.name] += timeToPrompt(b, p.argv)
		}
	}
	for _, p := range programs {
		b.ReportMetric(float64(total[p.name].Microseconds())/1000/float64(b.N), p.name+"-ms")
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(launcherCPU(b, h), "launcher-cpu-ms")
}

func timeToPrompt(b *testing.B, argv []string) time.Duration {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color", "MOSH_SERVER_NETWORK_TMOUT=60")
	begin := time.Now()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		b.Fatal(err)
	}
	defer terminal.Close()
	var seen []byte
	chunk := make([]byte, 4096)
	for !bytes.Contains(seen, []byte("READY")) {
		n, err := terminal.Read(chunk)
		if err != nil {
			b.Fatalf("%q ended before its prompt: %v\n%s", argv, err, seen)
		}
		seen = append(seen, chunk[:n]...)
	}
	took := time.Since(begin)
	terminal.Write([]byte("\r"))
	go func() {
		for err := error(nil); err == nil; {
			_, err = terminal.Read(chunk)
		}
	}()
	if err := cmd.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		b.Fatal(err)
	}
	return took
}

var cpuPattern = regexp.MustCompile(`own CPU time: ([0-9.]+) ms`)

func launcherCPU(b *testing.B, h *sshHost) float64 {
	cmd := h.mosh("--verbose", "--client="+clientThatOnlyCounts(b, h), "127.0.0.1", "--", "true")
	out, err := cmd.CombinedOutput()
	m := cpuPattern.FindSubmatch(out)
	if err != nil || m == nil {
		b.Fatalf("%v\n%s", err, out)
	}
	ms, _ := strconv.ParseFloat(string(m[1]), 64)
	return ms
}

func clientThatOnlyCounts(b *testing.B, h *sshHost) string {
	name := h.dir + "/client"
	if err := os.WriteFile(name, []byte("#!/bin/sh\n[ \"$1\" = -c ] && echo 256\nexit 0\n"), 0o755); err != nil {
		b.Fatal(err)
	}
	return name
}
