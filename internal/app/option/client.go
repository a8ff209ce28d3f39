package option

// Client is the table of mosh-client (spec/commands.md, part C).
func Client() Command {
	return Command{
		Name:     "mosh-client",
		Summary:  "client of mosh, the remote shell that survives roaming",
		Synopsis: []string{"[-v] [-# 'ARGS'] IP PORT", "-c"},
		Description: []string{
			"`mosh-client` shows the session of the `mosh-server` that listens at <IP> and UDP <PORT>. `mosh` starts it; by hand it is of use where `ssh` cannot be used for the start. The key that `mosh-server` printed must be in the environment variable `MOSH_KEY`, which is removed at once.",
			"The session survives changes of the client's address, loss and sleep. What is typed may be shown before the server has answered; such predictions are underlined on slow links until they are confirmed.",
		},
		Groups: []Group{
			{"Options", []Option{
				{Short: "c", Summary: "print the number of colours of the terminal, and end"},
				{Short: "v", Summary: "log on stderr, which must not be the terminal; twice for more"},
				{Short: "#", Value: "ARGS", Summary: "ignored: shows in ps what the user typed"},
			}},
			{"Help", []Option{
				{Long: "help", Short: "h", Summary: "this text"},
				{Long: "version", Summary: "version and compatibility"},
			}},
		},
		Environment: []Variable{
			{"MOSH_KEY", "The session key, 22 characters. Required."},
			{"MOSH_ADDRESSES", "Further addresses of the server, separated by commas, best first; the one that answers is kept."},
			{"MOSH_HOST", "What the user called the server: messages name it."},
			{"MOSH_ESCAPE_KEY", "The escape key, one ASCII character. A control character works at any time, a printable one only at the start of a line. Empty: there is none. Default: Ctrl-^."},
			{"MOSH_PREDICTION_DISPLAY", "When predictions are shown: `adaptive` (the default), `always`, `never` or `experimental`."},
			{"MOSH_PREDICTION_OVERWRITE", "`yes`: predictions overwrite instead of inserting."},
			{"MOSH_NO_TERM_INIT", "If set, the alternate screen of the terminal is not used."},
			{"MOSH_TITLE_NOPREFIX", "If set, the window title is left without the prefix \"[mosh] \"."},
			{"TERM", "The type of the terminal."},
			{"LANG, LC_*", "The terminal is taken for UTF-8 unless these name another character set."},
		},
		Sections: []Section{{"ESCAPE SEQUENCES", []string{
			"After the escape key: `.` ends the session; Ctrl-Z suspends the client; `i` shows round-trip time, loss, how the predictions went and what the server is; `^` (or, for another escape key, the character shown in the bar) types the escape key itself; anything else is sent together with the escape key. Ctrl-L redraws the screen.",
		}}},
		Examples: []Example{{"MOSH_KEY=... mosh-client 192.0.2.7 60001", "join a session by hand"}},
		Exit: []Status{
			{"0", "The session ended cleanly. If both ends are this implementation: the exit status of the remote command."},
			{"1", "It did not, or could not be made."},
		},
		SeeAlso: []string{"mosh(1)", "mosh-server(1)"},
	}
}
