package option

// Server is the table of mosh-server (spec/commands.md, part B).
func Server() Command {
	return Command{
		Name:     "mosh-server",
		Summary:  "server of mosh, the remote shell that survives roaming",
		Synopsis: []string{"new [-s] [-v] [-i ADDRESS] [-p PORT[:PORT2]] [-c COLORS] [-l NAME=VALUE] [-- COMMAND...]"},
		Description: []string{
			"`mosh-server` opens a UDP port, prints a line `MOSH CONNECT` <port> <key>, and goes into the background. There it runs a login shell, or the command given, on a terminal of its own, and shows it to the client that knows the key. `mosh` starts it through `ssh`; it needs no privileges and serves one session.",
			"It ends when the command ends, when the client says so, or when no client has come within 60 seconds.",
		},
		Groups: []Group{
			{"Options", []Option{
				{Short: "s", Summary: "listen at the address at which ssh reached this machine",
					Detail: "It is taken from `SSH_CONNECTION`. Replies leave from the address at which the client speaks to the server, so the other addresses of the machine stay usable when they can be."},
				{Short: "i", Value: "ADDRESS", Summary: "listen at this numeric address", Detail: "`::` means every address of both families."},
				{Short: "p", Value: "PORT[:PORT2]", Default: "60001:60999", Summary: "UDP port, or range whose first free port is taken", Detail: "0 lets the system choose."},
				{Short: "c", Value: "COLORS", Default: "0", Summary: "colours of the client's terminal: 256 makes TERM=xterm-256color"},
				{Short: "l", Value: "NAME=VALUE", Summary: "locale variable to use if our own locale is not UTF-8; may be repeated"},
				{Short: "v", Summary: "stay in the foreground's terminal and log; twice for more"},
				{Short: "@", Value: "ARG", Hidden: true, Summary: "ignored with its argument"},
			}},
			{"Help", []Option{
				{Long: "help", Short: "h", Summary: "this text"},
				{Long: "version", Summary: "version and compatibility"},
			}},
		},
		Environment: []Variable{
			{"MOSH_SERVER_NETWORK_TMOUT", "Seconds without a word from the client after which the session is ended. Not set, or 0: never. The time counts from the start too. A client of this implementation that has nothing to say is silent for up to 13 seconds, so with it less counts as 13."},
			{"MOSH_SERVER_SIGNAL_TMOUT", "With this, SIGUSR1 ends the session only if the client has been silent for so many seconds."},
			{"SHELL", "The shell to run; that of the password file if not set."},
			{"HOME", "Where the shell starts."},
			{"SSH_CONNECTION", "The address for `-s`."},
			{"XDG_RUNTIME_DIR", "If it is a directory of the user's own: where MOSH_CONNECTION_FILE is kept."},
			{"MOSH_CONNECTION_FILE", "Set for the program: a file that sets SSH_CONNECTION and SSH_CLIENT to where the client is now. A shell's start file may read it, for shells that are started after the client has moved: [ -r \"$MOSH_CONNECTION_FILE\" ] && . \"$MOSH_CONNECTION_FILE\""},
			{"LANG, LC_*", "The locale of the session if it is UTF-8. Otherwise the values of `-l` are used, and C.UTF-8 if those are no better."},
		},
		Examples: []Example{
			{"mosh-server new -p 60010 -c 256 -- tmux attach", "one session on one port, with tmux in place of the shell"},
			{"pkill -USR1 mosh-server", "with MOSH_SERVER_SIGNAL_TMOUT set: end the sessions whose clients have gone"},
		},
		Exit:    []Status{{"0", "The session is running in the background."}, {"1", "It could not be started; the reason is on stderr."}},
		SeeAlso: []string{"mosh(1)", "mosh-client(1)"},
	}
}
