package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestKeyIsSecret starts a session with everything logged that can be, and looks for its key where others could see
// it: environments and arguments of all processes, the logs of launcher, client, server and system. No process that
// knows it leaves a core.
func TestKeyIsSecret(t *testing.T) {
	h := StartHost(t, "")
	dir := t.TempDir()
	system := listenSyslog(t, filepath.Join(dir, "syslog"))
	wrap := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, "#!/bin/sh\n"+text+"\n")
		must(t, os.Chmod(path, 0o700))
		return path
	}
	// The folder becomes /run, where programs look for the system's log, for this server alone.
	server := wrap("server", fmt.Sprintf("shift\nulimit -Sc unlimited\nunshare -m sh -c 'mount --bind %[1]s /run; exec %[2]s new -vv \"$@\"' sh \"$@\" >%[1]s/connect 2>%[1]s/server.log\n"+
		"status=$?; cat %[1]s/connect; exit $status", dir, ours.Server))
	client := wrap("client", fmt.Sprintf("[ \"$1\" = -c ] && exec %[2]s -c\nulimit -Sc >%[1]s/limit\nexec %[2]s -vv \"$@\" 2>%[1]s/client.log", dir, ours.Client))
	p := Pair{Launcher: wrap("launcher", "ulimit -Sc unlimited\nexec "+ours.Launcher+" \"$@\""), Client: client, Server: server}
	s := p.Open(t, h, "v4", "--verbose", "2>"+dir+"/launcher.log")
	s.Line("echo shell-is-$$-; echo limit-$(ulimit -Sc)-")
	s.Await("limit-unlimited-") // the program has what the login had
	shell := shellPid(s.Text())
	connect := regexp.MustCompile(`MOSH CONNECT \d+ (\S{22})`).FindStringSubmatch(read(t, dir+"/connect"))
	if shell == 0 || connect == nil {
		t.Fatalf("no session:\n%s", s.Text())
	}
	key := connect[1]

	pids, err := filepath.Glob("/proc/[0-9]*")
	must(t, err)
	for _, p := range pids {
		for _, name := range []string{"environ", "cmdline", "comm"} {
			// A process may end meanwhile.
			if b, _ := os.ReadFile(filepath.Join(p, name)); bytes.Contains(b, []byte(key)) {
				cmdline, _ := os.ReadFile(p + "/cmdline")
				t.Errorf("the key is in %s/%s of %q", p, name, cmdline)
			}
		}
	}
	clientPid, _ := strconv.Atoi(s.Client())
	serverPid := parent(t, shell)
	for pid, program := range map[int]string{clientPid: ours.Client, serverPid: ours.Server} {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err != nil || exe != program {
			t.Fatalf("process %d is %s (%v), want %s", pid, exe, err, program)
		}
		if limits := read(t, fmt.Sprintf("/proc/%d/limits", pid)); !regexp.MustCompile(`Max core file size +0 `).MatchString(limits) {
			t.Errorf("%s may leave a core:\n%s", program, limits)
		}
	}
	if limit := read(t, dir+"/limit"); limit != "0\n" {
		t.Errorf("the launcher's core limit is %s", limit)
	}

	s.Line("exit")
	s.AwaitExit()
	Until(t, "the system's log has the end of the session", func() bool { return strings.Contains(system(), "session end") }, system)
	logs := map[string]string{"the system's log": system()}
	for _, name := range []string{"launcher.log", "client.log", "server.log"} {
		logs[name] = read(t, filepath.Join(dir, name))
	}
	if !strings.Contains(logs["server.log"], `msg="client is at" address=127.0.0.1:`) {
		t.Errorf("the server's log does not say where the client is:\n%s", logs["server.log"])
	}
	for name, text := range logs {
		if text == "" {
			t.Errorf("%s is empty", name)
		}
		if strings.Contains(text, key) {
			t.Errorf("the key is in %s:\n%s", name, text)
		}
	}
}

// parent is the process id of a process's parent.
func parent(t testing.TB, pid int) int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^PPid:\t(\d+)$`).FindStringSubmatch(read(t, fmt.Sprintf("/proc/%d/status", pid)))
	if m == nil {
		t.Fatalf("process %d has no parent", pid)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// listenSyslog plays the system's log and returns what tells what came.
func listenSyslog(t testing.TB, path string) func() string {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	var mu sync.Mutex
	var all bytes.Buffer
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b := make([]byte, 1<<16)
		for {
			n, err := conn.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			all.Write(append(b[:n], '\n'))
			mu.Unlock()
		}
	}()
	t.Cleanup(func() { conn.Close(); <-ended })
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}
