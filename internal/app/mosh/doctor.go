package mosh

import (
	"fmt"
	"io"
	"net/netip"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"mosh/internal/app/probe"
	"mosh/internal/core/datagram"
)

// examination is `mosh --doctor HOST`: each step prints what it found, and what to do if that is bad.
type examination struct {
	process  Process
	console  console
	settings settings
	config   sshConfig
	facts    facts
	out      io.Writer
	color    bool
	failed   bool
}

// examine returns 0 if a session would work, else 1.
func examine(p Process, c console, s settings, config sshConfig) int {
	x := &examination{process: p, console: c, settings: s, config: config, out: p.Stdout,
		color: term.IsTerminal(int(p.Stdout.Fd())) && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"}
	x.checkLocale()
	x.checkConfig()
	if x.checkLogin() {
		x.checkServer()
		x.checkClock()
		x.checkSurvival()
		x.checkUDP()
	}
	if x.failed {
		return 1
	}
	return 0
}

func (x *examination) ok(topic, format string, args ...any) { x.line("ok", "32", topic, format, args) }
func (x *examination) note(topic, format string, args ...any) {
	x.line("note", "33", topic, format, args)
}
func (x *examination) bad(topic, format string, args ...any) {
	x.failed = true
	x.line("BAD", "1;31", topic, format, args)
}

func (x *examination) line(verdict, color, topic, format string, args []any) {
	word := fmt.Sprintf("%-4s", verdict)
	if x.color {
		word = "\x1b[" + color + "m" + word + "\x1b[0m"
	}
	fmt.Fprintf(x.out, "%s  %-14s %s\n", word, topic, fmt.Sprintf(format, args...))
}

// hint is a step to take, below the line it belongs to.
func (x *examination) hint(format string, args ...any) {
	fmt.Fprintf(x.out, "%20s -> %s\n", "", fmt.Sprintf(format, args...))
}

func (x *examination) checkLocale() {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		value := x.process.env(name)
		if value == "" {
			continue
		}
		if charset := strings.ToLower(value); strings.Contains(charset, "utf-8") || strings.Contains(charset, "utf8") {
			x.ok("locale here", "%s=%s", name, value)
		} else {
			x.note("locale here", "%s=%s is not UTF-8", name, value)
			x.hint("if your terminal shows UTF-8, say so: export LC_ALL=C.UTF-8")
		}
		return
	}
	x.note("locale here", "none is set; UTF-8 is assumed")
}

func (x *examination) checkConfig() {
	if x.config == nil {
		x.note("ssh config", "%s does not answer -G, so its configuration is not known", x.settings.ssh[0])
		return
	}
	x.ok("ssh config", "%s", x.config.describe())
	if by := x.config.proxied(); by != "" {
		x.note("ssh config", "the login goes through %s; UDP must reach the host directly", by)
	}
}

// checkLogin runs one command over ssh that tells everything else.
func (x *examination) checkLogin() bool {
	argv := append(slices.Clone(x.settings.ssh), "-n")
	argv = append(append(argv, familyWords(x.settings.family)...), x.config.overrides()...)
	argv = append(argv, x.settings.host, "--", "sh -c "+quote(factsScript(x.settings.server)))
	x.console.tracef("run: %s", quoteIfNeeded(argv))
	begin := time.Now()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stderr = with(x.process.Environ, "MOSH_KEY"), x.process.Stdin, x.process.Stderr
	text, err := cmd.Output()
	x.facts = parseFacts(string(text))
	switch {
	case x.facts.has("end"):
		x.ok("login", "%s, in %.1f s", x.facts.first("system"), time.Since(begin).Seconds())
		return true
	case err != nil:
		x.bad("login", "ssh ended with: %v", err)
		x.hint("its reason is above; try: %s", quoteIfNeeded(append(slices.Clone(x.settings.ssh), x.settings.host, "true")))
	default:
		x.bad("login", "ssh works, but the command sent with it was not run")
		x.hint("is there a ForceCommand in sshd_config or command= in authorized_keys?")
	}
	return false
}

func (x *examination) checkServer() {
	version := x.facts.first("version")
	switch {
	case version != "":
		x.ok("mosh-server", "%s, %s", x.facts.first("server"), version)
	case x.facts.has("server"):
		x.bad("mosh-server", "%s does not tell its version", x.facts.first("server"))
		x.hint("is it a mosh-server? Pass --server=/path/to/mosh-server")
	default:
		x.bad("mosh-server", "not found in the PATH of non-interactive logins nor in the usual places")
		x.hint("install mosh there, or pass --server=/path/to/mosh-server")
	}
	charset := x.facts.first("charset")
	isStock := !strings.Contains(x.facts.first("compatible"), "Speaks")
	switch {
	case strings.EqualFold(charset, "UTF-8") || strings.EqualFold(charset, "utf8"):
		x.ok("locale there", "%s", charset)
	case x.facts.first("utf8") != "0" || !isStock:
		x.note("locale there", "the login has %q; the server will use a UTF-8 locale", charset)
	default:
		x.bad("locale there", "the login has %q and no UTF-8 locale is installed, which this mosh-server needs", charset)
		x.hint("generate one there, as with: sudo locale-gen en_US.UTF-8")
	}
}

// maxClockOffset is what is not worth a word: the protocol itself needs no common clock.
const maxClockOffset = 2 * time.Minute

func (x *examination) checkClock() {
	seconds, err := strconv.ParseInt(x.facts.first("time"), 10, 64)
	if err != nil {
		return
	}
	offset := time.Until(time.Unix(seconds, 0)).Round(time.Second)
	if offset.Abs() <= maxClockOffset {
		x.ok("clock", "the same within %s", max(offset.Abs(), time.Second))
		return
	}
	x.note("clock", "differs by %s; mosh does not mind, other programs may", offset)
}

func (x *examination) checkSurvival() {
	if !x.facts.has("kill") || x.facts.has("linger") {
		return
	}
	x.note("survival", "logind there has KillUserProcesses=yes: a stock server is killed when ssh ends")
	x.hint("loginctl enable-linger there, or pass --server=\"systemd-run --user --scope mosh-server\"")
}

// probeCommand fills the server's screen with text that does not compress, so that large datagrams come back.
var probeCommand = []string{"sh", "-c", "LC_ALL=C tr -dc a-zA-Z0-9 </dev/urandom | head -c 4800; sleep 60"}

func (x *examination) checkUDP() {
	s := x.settings
	s.command, s.sshPTY = probeCommand, false
	started, err := startServer(x.process, x.console, s, 8, x.config, false)
	if err != nil {
		x.bad("start", "%v", err)
		return
	}
	x.ok("start", "mosh-server listens on UDP port %d", started.port)
	key, err := datagram.ParseKey(string(started.key))
	if err != nil {
		x.bad("start", "%v", err)
		return
	}
	client := probe.New(key)
	defer client.Close()
	good := 0
	for _, a := range started.addresses {
		r := client.Probe(netip.AddrPortFrom(a, uint16(started.port)))
		if x.report(a, r, started) {
			good++
		}
	}
	if good == 0 {
		x.failed = true
		x.firewallHints(started)
	}
}

// report says what one address gave, and whether a session could use it.
func (x *examination) report(a netip.Addr, r probe.Result, started session) bool {
	verdict := x.note // a dead address is no misfortune while another one works
	if len(started.addresses) == 1 {
		verdict = x.bad
	}
	topic := map[bool]string{true: "UDP over IPv4", false: "UDP over IPv6"}[a.Is4()]
	switch {
	case r.Answered > 0:
		lost := r.Sent - r.Answered
		say := x.ok
		if lost*5 > r.Sent {
			say = x.note
		}
		say(topic, "%s: round trip %s, %d of %d lost, largest datagram %d octets out, %d in",
			a, roundTrip(r), lost, r.Sent, r.LargestOut, r.LargestIn)
		if r.LargestIn > 0 && r.LargestOut < minimalDatagram {
			x.hint("datagrams above %d octets do not pass: a tunnel or firewall drops large or fragmented ones", r.LargestOut)
		}
		return true
	case r.Err != nil:
		verdict(topic, "%s: cannot send: %v", a, r.Err)
	case r.Refused:
		verdict(topic, "%s: nothing listens on port %d there (ICMP refused)", a, started.port)
		x.hint("the server was killed when ssh ended, or the address is another machine, or the server listens on the other family only")
	default:
		verdict(topic, "%s: %d datagrams sent to port %d, nothing came back", a, r.Sent, started.port)
		if why := unlikely(a); why != "" && a != started.addresses[0] {
			x.hint("it is %s and may not be reachable from here", why)
		}
	}
	return false
}

// minimalDatagram is the largest datagram that stock sends; if it does not pass, screens do not come through.
const minimalDatagram = 1252

func roundTrip(r probe.Result) time.Duration {
	return max(r.RTT, r.MinRTT).Round(100 * time.Microsecond)
}

// firewallHints tells how to open the ports with what was found there.
func (x *examination) firewallHints(started session) {
	ports := x.settings.port
	if ports == "" {
		ports = "60000:61000"
	}
	dashed := strings.ReplaceAll(ports, ":", "-")
	fmt.Fprintf(x.out, "\nUDP does not come through. On %s open the UDP ports %s:\n", x.settings.host, dashed)
	found := x.facts["firewall"]
	for _, f := range []struct{ name, step string }{
		{"ufw", "sudo ufw allow " + ports + "/udp"},
		{"firewalld", "sudo firewall-cmd --permanent --add-port=" + dashed + "/udp && sudo firewall-cmd --reload"},
		{"nftables", "sudo nft add rule inet filter input udp dport " + dashed + " accept"},
	} {
		seen := ""
		if slices.Contains(found, f.name) {
			seen = " (in use there)"
		}
		fmt.Fprintf(x.out, "  %-10s%s  %s\n", f.name, seen, f.step)
	}
	fmt.Fprintf(x.out, "  %s: allow inbound UDP %s in the security group or firewall of the machine\n", cloud(x.facts.first("vendor")), dashed)
	fmt.Fprintf(x.out, "If that is done, the network you are in may block UDP: try another one, or a port it lets pass: mosh -p PORT\n")
}

// cloud names the provider whose own firewall may stand before the machine.
func cloud(vendor string) string {
	for _, known := range []string{"Amazon", "Google", "Microsoft", "DigitalOcean", "Hetzner", "Linode", "Akamai", "Oracle", "Vultr", "Scaleway", "OVH", "Alibaba"} {
		if strings.Contains(vendor, known) {
			return known + " cloud (this is one)"
		}
	}
	return "cloud machines"
}
