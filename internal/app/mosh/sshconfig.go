package mosh

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sshConfig is what `ssh -G HOST` says is in force for a host; keywords in lower case, the first value of each.
type sshConfig map[string]string

// askLimit bounds the question to ssh, in case a program that only calls itself ssh does not know -G.
const askLimit = 5 * time.Second

// isOpenSSH says that the command for ssh has ssh in it.
func isOpenSSH(s settings) bool {
	return slices.ContainsFunc(s.ssh, func(word string) bool {
		base := filepath.Base(word)
		return base == "ssh" || base == "ssh.exe"
	})
}

// askSSH asks ssh for its configuration. It is empty when ssh is not OpenSSH or cannot say: the launcher then behaves
// as stock does.
func askSSH(p Process, s settings) sshConfig {
	if !isOpenSSH(s) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	args := append(slices.Clone(s.ssh[1:]), familyWords(s.family)...)
	cmd := exec.CommandContext(ctx, s.ssh[0], append(args, "-G", s.host)...)
	cmd.Env = with(p.Environ, "MOSH_KEY")
	cmd.WaitDelay = time.Second
	text, err := cmd.Output()
	if err != nil {
		return nil
	}
	return parseSSHConfig(string(text))
}

func parseSSHConfig(text string) sshConfig {
	config := sshConfig{}
	for line := range strings.Lines(text) {
		keyword, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, seen := config[keyword]; !seen {
			config[keyword] = value
		}
	}
	if config["hostname"] == "" {
		return nil
	}
	return config
}

// on tells whether a keyword has a value other than "none", "no" and "false".
func (c sshConfig) on(keyword string) bool {
	switch c[keyword] {
	case "", "none", "no", "false":
		return false
	}
	return true
}

// proxied names what stands between ssh and the host: a jump host or a command. Empty: nothing.
func (c sshConfig) proxied() string {
	switch {
	case c.on("proxyjump"):
		return "ProxyJump " + c["proxyjump"]
	case c.on("proxycommand"):
		return "ProxyCommand " + c["proxycommand"]
	}
	return ""
}

// connectsItself names a reason why ssh must make the connection and not our proxy.
func (c sshConfig) connectsItself() string {
	if by := c.proxied(); by != "" {
		return by
	}
	for _, keyword := range []string{"controlpath", "bindaddress", "bindinterface"} {
		if c.on(keyword) {
			return keyword + " " + c[keyword]
		}
	}
	return ""
}

// maySever says that ssh can be ended once the server runs: what we start is ssh itself, and no connection of others
// ends with it.
func (c sshConfig) maySever(s settings) bool {
	return c != nil && !c.on("controlpath") && filepath.Base(s.ssh[0]) == "ssh"
}

// describe is what --verbose says of the configuration.
func (c sshConfig) describe() string {
	if c == nil {
		return "no answer"
	}
	text := "hostname " + c["hostname"] + ", port " + c["port"]
	if by := c.connectsItself(); by != "" {
		text += ", " + by
	}
	if c.on("remotecommand") {
		text += ", RemoteCommand " + c["remotecommand"]
	}
	return text
}

// overrides are options for ssh without which our remote command would be refused or not waited for.
func (c sshConfig) overrides() []string {
	var words []string
	if c.on("remotecommand") {
		words = append(words, "-o", "RemoteCommand=none")
	}
	if t := c["sessiontype"]; t != "" && t != "default" {
		words = append(words, "-o", "SessionType=default")
	}
	if c.on("forkafterauthentication") {
		words = append(words, "-o", "ForkAfterAuthentication=no")
	}
	return words
}

func familyWords(family string) []string {
	switch family {
	case "inet":
		return []string{"-4"}
	case "inet6":
		return []string{"-6"}
	}
	return nil
}
