package server

import (
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"

	"mosh/internal/app/version"
	"mosh/internal/core/datagram"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/daemon"
	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/serverloop"
	"mosh/internal/drive/udp"
)

// resume is the second process: it serves the session that start has opened.
func resume(args []string, environ []string, stderr io.Writer) int {
	handed, err := daemon.Resume(1)
	if errors.Is(err, daemon.ErrAbandoned) {
		return 1 // the first process has said why
	}
	if err != nil {
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
		return 1
	}
	if err := serve(handed, args, environ, stderr); err != nil {
		_ = handed.Fail(err)
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
		return 1
	}
	return 0
}

func serve(handed *daemon.Handover, args []string, env environment, stderr io.Writer) error {
	s, err := parseSettings(args[1:], env)
	if err != nil {
		return err
	}
	if _, err := daemon.NoDump(); err != nil {
		return err
	}
	var h handover
	err = h.parse(handed.Data)
	clear(handed.Data)
	if err != nil {
		return err
	}
	key, err := datagram.ParseKey(h.Key)
	if err != nil {
		return err
	}
	socket, err := udp.FromFile(handed.Files[0])
	handed.Files[0].Close()
	if err != nil {
		return fmt.Errorf("taking over the socket: %w", err)
	}
	defer socket.Close()
	user, err := login.Current()
	if err != nil {
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
	}
	connection := login.NewConnection(env.value("XDG_RUNTIME_DIR"), os.Getpid())
	if connection.Path() != "" {
		env = env.with("MOSH_CONNECTION_FILE=" + connection.Path())
	}
	run := command(s, env, h, user)
	// A login shell reads its start files while ssh ends and the client starts: its size is known, and it does
	// nothing that ssh would not have done. A command waits for the client, without whom it shall do nothing.
	run.Now = h.Terminal && len(s.command) == 0
	program, err := pty.Start(run)
	if err != nil {
		return err
	}
	defer program.Close()
	tuneRuntime() // which stops all threads: not before the person's shell has started
	if err := handed.Ready(); err != nil {
		return err
	}
	session := newSession(s, h, key, socket)
	key.Zero()
	logger := newLog(stderr, s.verbose)
	systemLog, err := login.Syslog("mosh-server")
	if err != nil {
		logger.Debug("no log of the system's", "error", err)
	}
	records := login.Begin(login.Session{User: user.Name, Pid: os.Getpid(), Master: program, Helper: login.FindHelper, Log: systemLog})
	reason := serverloop.Run(serverloop.Config{
		Session: session, Socket: socket, Pty: program, Log: logger,
		SignalTimeout: s.signalTimeout, Records: records, Connection: connection,
	})
	logger.Info("session is over", "reason", reason)
	fmt.Fprint(os.Stdout, "\n[mosh-server is exiting.]\n")
	return nil
}

// tuneRuntime keeps the process small: it waits nearly all the time.
func tuneRuntime() {
	runtime.GOMAXPROCS(threads)
	debug.SetGCPercent(50)
}

func newSession(s settings, h handover, key datagram.Key, socket *udp.Socket) *server.Session {
	var seed [32]byte
	_, _ = crand.Read(seed[:])
	now := clock.Now()
	session := server.New(now, server.Config{
		Width: h.Cols, Height: h.Rows, Program: "mosh-go " + version.Number,
		NetworkTimeout: s.networkTimeout, Rand: rand.New(rand.NewChaCha8(seed)),
	})
	session.AddPeer(now, key)
	limit := ssp.PayloadIPv4
	if socket.Inet6() {
		limit = ssp.PayloadIPv6
	}
	session.SetPayloadLimit(limit)
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
