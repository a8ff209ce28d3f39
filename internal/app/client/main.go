package client

import (
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"

	"mosh/internal/app/option"
	"mosh/internal/app/version"
	core "mosh/internal/core/client"
	"mosh/internal/core/display"
	"mosh/internal/drive/clientloop"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/daemon"
	"mosh/internal/drive/termcaps"
	"mosh/internal/drive/tty"
	"mosh/internal/drive/udp"
)

// Main runs mosh-client and returns its exit status.
func Main(args []string, stdin, stdout, stderr *os.File) int {
	_, dumpErr := daemon.NoDump()
	key, hasKey := daemon.TakeEnv("MOSH_KEY")
	defer clear(key)
	w := option.Client().Getopt(args[1:])
	switch {
	case w.Has("version"):
		fmt.Fprint(stdout, version.Text("mosh-client"))
		return 0
	case w.Has("help"):
		fmt.Fprint(stdout, version.Text("mosh-client"), "\n", option.Client().Help("mosh-client"))
		return 0
	case w.Has("c"):
		return colors(stdout, stderr)
	case dumpErr != nil:
		fmt.Fprintf(stderr, "mosh-client: %v\n", dumpErr)
	}
	s, err := parseSettings(w, string(key), hasKey, os.LookupEnv)
	clear(key)
	if err != nil {
		return refuse(stderr, err)
	}
	return run(s, Prepare(s.screenInit), stdin, stdout, stderr)
}

// Terminal is what is known of the person's terminal by its name.
type Terminal struct{ caps display.Caps }

// Prepare finds that out; screenInit allows its alternate screen.
func Prepare(screenInit bool) Terminal { return Terminal{terminalCaps(screenInit)} }

// Become shows the session in the process of the launcher: args is what mosh-client would be called with, the first its
// name, and environ what it would find beside its key. The key is overwritten. It returns the exit status.
func Become(args []string, environ func(name string) (string, bool), key []byte, prepared Terminal, stdin, stdout, stderr *os.File) int {
	s, err := parseSettings(option.Client().Getopt(args[1:]), string(key), true, environ)
	clear(key)
	if err != nil {
		return refuse(stderr, err)
	}
	return run(s, prepared, stdin, stdout, stderr)
}

func refuse(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "mosh-client: %v\n", err)
	var usage *usageError
	if errors.As(err, &usage) {
		for _, line := range option.Client().Synopsis {
			fmt.Fprintf(stderr, "Usage: mosh-client %s\n", line)
		}
	}
	return 1
}

// terminalEnvironment is what tells of the terminal.
func terminalEnvironment() termcaps.Environment {
	return termcaps.Environment{Term: os.Getenv("TERM"), Terminfo: os.Getenv("TERMINFO"),
		TerminfoDirs: os.Getenv("TERMINFO_DIRS"), Home: os.Getenv("HOME"), Prefix: os.Getenv("PREFIX")}
}

// terminalCaps is what the terminal can do by its name. A name that no database knows is no obstacle.
func terminalCaps(screenInit bool) display.Caps {
	e := terminalEnvironment()
	e.NoInit = !screenInit
	caps, err := termcaps.Load(e)
	if err != nil && !errors.Is(err, termcaps.ErrUnknown) {
		return display.Terminal()
	}
	return caps
}

// run shows the session and returns the exit status. On every way out, panics included, the terminal is given
// back before anything is printed.
func run(s settings, prepared Terminal, stdin, stdout, stderr *os.File) int {
	terminal, err := tty.Open(stdin, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "mosh-client: %v\n", err)
		return 1
	}
	defer terminal.Close()
	if err := terminal.Raw(); err != nil {
		fmt.Fprintf(stderr, "mosh-client: %v\n", err)
		return 1
	}
	height, width, err := terminal.Size()
	if err != nil {
		terminal.Close()
		fmt.Fprintf(stderr, "mosh-client: %v\n", err)
		return 1
	}
	runtime.GOMAXPROCS(threads(terminal))
	caps := prepared.caps
	session := newSession(&s, width, height)
	sockets := udp.NewSet()
	defer sockets.Close()
	defer giveBack(terminal, stdout, &caps)
	watcher := udp.Watch()
	defer watcher.Close()
	log := newLog(stderr, s.verbose)
	log.Info("connecting", "servers", s.servers)
	reason := clientloop.Run(clientloop.Config{
		Session: session, Sockets: sockets, TTY: terminal, Caps: caps,
		Network: watcher.C(), Servers: s.servers, Log: log,
	})
	log.Info("session is over", "reason", reason)
	status := farewell(stderr, reason, session, s)
	fmt.Fprintln(stdout, "[mosh is exiting.]")
	return status
}

// threads is how many may run Go code at once. One is enough where every wait is on the runtime's poller: a second
// would mostly be woken to find nothing to do.
func threads(terminal *tty.Terminal) int {
	if terminal.Blocks() {
		return 2
	}
	return 1
}

// giveBack, deferred, makes the terminal the user's again after a panic, which then goes on.
func giveBack(terminal *tty.Terminal, stdout io.Writer, caps *display.Caps) {
	if p := recover(); p != nil {
		_, _ = stdout.Write(display.AppendClose(nil, caps, nil))
		terminal.Close()
		panic(p)
	}
}

func newSession(s *settings, width, height int) *core.Session {
	var seed [32]byte
	_, _ = crand.Read(seed[:])
	session := core.New(clock.Now(), core.Config{
		Key: s.key, Servers: slices.Clone(s.servers), Host: s.host, Width: width, Height: height,
		Predict: s.predict, Overwrite: s.overwrite, Escape: s.escape, TitlePrefix: s.titlePrefix,
		Program: "mosh-go " + version.Number, Rand: rand.New(rand.NewChaCha8(seed)),
	})
	s.key.Zero()
	return session
}

// newLog writes to stderr if -v was given; nothing of the session's content is ever logged.
func newLog(stderr io.Writer, verbose int) *slog.Logger {
	if verbose == 0 {
		return slog.New(slog.DiscardHandler)
	}
	level := slog.LevelInfo
	if verbose > 1 {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
}
