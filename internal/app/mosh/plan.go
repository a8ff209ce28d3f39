package mosh

import (
	"context"
	"crypto/rand"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
)

// plan is how the session will be started: the way to the address and the command for ssh.
type plan struct {
	method    string // proxy, remote or local
	decided   bool   // the launcher chose the method, not the user
	config    sshConfig
	addresses []netip.Addr // what host resolves to, as far as known before ssh runs
	token     string       // our proxy's sign in its reports
	passes    bool         // our proxy gives ssh the connection instead of carrying what it says
	proxied   string       // what stands between ssh and the host
	argv      []string     // the ssh command
	environ   []string     // for ssh
	command   []string     // what the server runs
}

// decide chooses the method (spec/commands.md, E1.1) and resolves the name where that is the launcher's task.
func decide(p Process, s settings, colors int, config sshConfig) (plan, error) {
	pl := plan{method: s.method, config: config, command: s.command, token: rand.Text()}
	if s.method == "" {
		pl.decided, pl.method = true, "proxy"
		if config.connectsItself() != "" || !proxyWorks {
			pl.method = "remote"
		}
	}
	pl.proxied = config.proxied()
	if config.on("remotecommand") && len(s.command) == 0 {
		pl.command = []string{"sh", "-c", config["remotecommand"]}
	}
	sshHost := s.host
	switch {
	case pl.method == "local":
		user, name := splitUser(s.host)
		addresses, err := resolve(context.Background(), name, s.family)
		if err != nil {
			return pl, err
		}
		pl.addresses = addresses
		sshHost = user + addresses[0].String()
	case pl.method == "proxy" && pl.decided && config != nil:
		addresses, err := resolve(context.Background(), config["hostname"], s.family)
		if err != nil {
			return pl, err
		}
		pl.addresses = addresses
		// Nothing stands between us and ssh that may put it into another network.
		pl.passes = offerWorks && filepath.Base(s.ssh[0]) == "ssh"
	}
	pl.environ = with(p.Environ, "MOSH_KEY", "MOSH_PREDICTION_DISPLAY", "MOSH_CLIENT_PID="+strconv.Itoa(os.Getpid()))
	if s.overwrite {
		pl.environ = with(pl.environ, "MOSH_PREDICTION_OVERWRITE=yes")
	}
	if pl.method == "proxy" {
		pl.environ = with(pl.environ, "SHELL=/bin/sh") // ssh runs the ProxyCommand with it
	}
	pl.argv = pl.sshArgv(p, s, sshHost, colors)
	return pl, nil
}

// sshArgv is the argument vector of spec/commands.md, A5.
func (pl plan) sshArgv(p Process, s settings, sshHost string, colors int) []string {
	argv := append([]string{}, s.ssh...)
	argv = append(argv, "-n")
	if s.sshPTY {
		argv = append(argv, "-tt")
	}
	switch pl.method {
	case "proxy":
		argv = append(argv, "-S", "none", "-o", "ProxyCommand="+pl.proxyCommand(executablePath(p.Args[0]), s))
		if pl.passes {
			argv = append(argv, "-o", "ProxyUseFdpass=yes")
		}
	case "remote":
		argv = append(argv, familyWords(s.family)...)
	}
	argv = append(argv, pl.config.overrides()...)
	server := serverArguments(p, s, colors, pl.bindWords(s), pl.command)
	return append(argv, sshHost, "--", remoteCommand(s.server, pl.method == "remote", server))
}

// bindWords asks the server for its addresses. "-i ::" makes a stock server listen on both families (tried with
// 1.4.0), at the price that it no longer answers from the one address ssh used; so it is asked for only when the
// host is known to have both.
func (pl plan) bindWords(s settings) []string {
	switch s.bind {
	case "ssh":
		return []string{"-s"}
	case "any":
		return nil
	case "both":
		return []string{"-i", "::"}
	case "":
		if hasBothFamilies(pl.addresses) {
			return []string{"-i", "::"}
		}
		return []string{"-s"}
	}
	return []string{"-i", s.bind}
}

func hasBothFamilies(all []netip.Addr) bool {
	var v4, v6 bool
	for _, a := range all {
		v4, v6 = v4 || a.Is4(), v6 || a.Is6()
	}
	return v4 && v6
}
