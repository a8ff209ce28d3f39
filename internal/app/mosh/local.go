package mosh

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
)

// launchLocal runs the server on this machine, without ssh (spec/commands.md, A9).
func launchLocal(p Process, c console, s settings, cl clientProgram, colors int) int {
	_, name := splitUser(s.host)
	addresses, err := resolve(context.Background(), name, s.family)
	if err != nil {
		c.errorf("%v", err)
		return exitUsage
	}
	server := s.server
	if server == "" {
		path, err := findProgram("", "mosh-server")
		if err != nil {
			c.errorf("cannot find the server (%v): install it beside mosh or in the PATH, or pass --server=COMMAND", err)
			return exitUsage
		}
		server = quote(path)
	}
	text := server + " " + quoteAll(serverArguments(p, s, colors, localBind(s, addresses[0]), s.command))
	c.tracef("run: sh -c %s", quote(text))
	st := &startup{out: p.Stdout}
	cmd := exec.Command("/bin/sh", "-c", text)
	cmd.Env, cmd.Stdin = with(p.Environ, "MOSH_KEY", "SSH_CONNECTION"), p.Stdin
	if home, err := os.Stat(p.env("HOME")); err == nil && home.IsDir() {
		cmd.Dir = p.env("HOME")
	}
	status, err := converse(cmd, st, false)
	switch {
	case err != nil:
		c.errorf("%v", err)
		return exitUsage
	case !st.done():
		s.server = server
		c.errorf("%s", failure{settings: s, started: st, status: status}.explainLocal())
		return exitUsage
	}
	return c.runClient(p, s, cl, addresses[:1], st)
}

// localBind is "-i HOST" unless another address was asked for.
func localBind(s settings, host netip.Addr) []string {
	if s.bind == "" || s.bind == "ssh" {
		return []string{"-i", host.String()}
	}
	return plan{}.bindWords(s)
}
