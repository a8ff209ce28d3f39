//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/creack/pty"

	"mosh/internal/netlab"
)

// launch starts a whole session as a user would, with the login shell, and returns the time from the command to the first prompt.
func launch(x side, config string, run func(func() error) error) (toPrompt time.Duration, err error) {
	var cmd *exec.Cmd
	if x.dir == "" {
		cmd = exec.Command("ssh", "-F", config, "-tt", "host")
	} else {
		// Debian's launcher does not take what is beside it: it is told, and ours is told the same.
		cmd = exec.Command(filepath.Join(x.dir, "mosh"), "--ssh=ssh -F "+config,
			"--client="+filepath.Join(x.dir, "mosh-client"), "--server="+filepath.Join(x.dir, "mosh-server"), "host")
	}
	cmd.Env = environment()
	s := &session{side: x, cmd: cmd, changed: make(chan struct{}, 1), done: make(chan struct{})}
	start := time.Now()
	err = run(func() (err error) {
		s.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
		return err
	})
	if err != nil {
		return 0, err
	}
	s.client = cmd.Process.Pid
	go s.read()
	defer s.close()
	if err := s.awaitText(startLimit, strings.TrimSpace(prompt)); err != nil {
		return 0, fmt.Errorf("%s: %w; it showed %q", x.Name, err, s.tail)
	}
	toPrompt = time.Since(start)
	_ = s.keys("exit\r")
	_ = s.await(5*time.Second, func() bool { return s.ended })
	return toPrompt, nil
}

func startLAN(b *bench, x side) (map[string]float64, error) {
	h, err := b.sshd()
	if err != nil {
		return nil, err
	}
	d, err := launch(x, h.config, directly)
	r := map[string]float64{"start-lan": 1000 * d.Seconds()}
	if err == nil && x.Name == "ssh" {
		start := time.Now()
		err = exec.Command("ssh", "-F", h.config, "host", "true").Run()
		r["start-true"] = 1000 * time.Since(start).Seconds()
	}
	return r, err
}

// startFar is the same over a link of 100 ms.
func startFar(b *bench, x side) (map[string]float64, error) {
	if b.link == nil {
		path := netlab.Path{Delay: 50 * time.Millisecond}
		l, err := netlab.Open(netlab.Config{Seed: 1, Up: path, Down: path})
		if err != nil {
			return nil, err
		}
		b.link = l
		dir := filepath.Join(b.dir, "far")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		if b.far, err = startHost(dir, netlab.ServerV4.String(), 22, l.Server.Do); err != nil {
			return nil, err
		}
	}
	d, err := launch(x, b.far.config, b.link.Client.Do)
	return map[string]float64{"start-rtt100": 1000 * d.Seconds()}, err
}

// startServer is how long mosh-server takes until it can be reached.
func startServer(b *bench, x side) (map[string]float64, error) {
	var samples []float64
	for range 5 {
		s := &session{side: x}
		start := time.Now()
		if _, _, err := s.startServer(x.dir, want{program: []string{"sleep", "60"}}); err != nil {
			return nil, err
		}
		samples = append(samples, 1000*time.Since(start).Seconds())
		s.close()
	}
	return map[string]float64{"server-start": spreadOf(samples).Median}, nil
}

// launcherCPU is what the launcher itself takes, with an ssh that answers at once and a client that does nothing:
// the work of a whole session stands in neither, and what the two stand-ins take is subtracted.
func launcherCPU(b *bench, x side) (map[string]float64, error) {
	ssh, client, calls := filepath.Join(b.dir, "fake-ssh"), filepath.Join(b.dir, "fake-client"), filepath.Join(b.dir, "calls")
	scripts := map[string]string{
		ssh: "#!/bin/sh\necho >>" + calls + "\necho 'MOSH SSH_CONNECTION 127.0.0.1 5 127.0.0.1 22'\n" +
			"echo 'MOSH CONNECT 60001 AAAAAAAAAAAAAAAAAAAAAA'\n",
		client: "#!/bin/sh\necho >>" + calls + "\ncase $1 in -c) echo 256;; esac\n",
	}
	for file, text := range scripts {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			return nil, err
		}
	}
	once := func(args ...string) (ms, called float64, err error) {
		_ = os.Remove(calls)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = environment("XDG_CONFIG_HOME=" + b.dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return 0, 0, fmt.Errorf("%v: %w: %s", args, err, out)
		}
		n, err := os.ReadFile(calls)
		return 1000 * (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), float64(len(n)), err
	}
	var own []float64
	for range 10 {
		whole, called, err := once(filepath.Join(x.dir, "mosh"), "--ssh="+ssh, "--client="+client, "--experimental-remote-ip=remote", "host")
		if err != nil {
			return nil, err
		}
		standIn, _, err := once(ssh)
		if err != nil {
			return nil, err
		}
		own = append(own, whole-called*standIn)
	}
	return map[string]float64{"launcher-cpu": spreadOf(own).Median}, nil
}

// sizes are those of our programs.
func sizes(b *bench, x side) (map[string]float64, error) {
	r := map[string]float64{}
	for _, name := range []string{"mosh", "mosh-client", "mosh-server"} {
		st, err := os.Stat(filepath.Join(x.dir, name))
		if err != nil {
			return nil, err
		}
		r["size-"+name] = float64(st.Size()) / 1000
	}
	return r, nil
}
