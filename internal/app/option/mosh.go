package option

// Mosh is the table of the launcher (spec/commands.md, A2, A4).
func Mosh() Command {
	return Command{
		Name:     "mosh",
		Summary:  "remote shell that survives roaming, sleep and bad networks",
		Synopsis: []string{"[options] [--] [user@]host [command...]", "--local [options]", "--doctor [user@]host"},
		Description: []string{
			"`mosh` opens a shell on <host>, as `ssh` does, and keeps it when the network changes, when packets are lost and when the computer sleeps. It logs in with `ssh`, starts `mosh-server` there, and then runs `mosh-client`, which speaks to the server over UDP.",
			"The configuration of `ssh` is honoured: aliases, `ProxyJump`, `ProxyCommand`, `ControlMaster` and `RemoteCommand`. With a proxy only the login passes through it; UDP must reach the host directly.",
			"Options are recognised before and after the host, up to the first `--`, and may be shortened to a unique prefix. Put `--` before a remote command that has options of its own.",
		},
		Groups:      moshGroups(),
		Environment: moshEnvironment(),
		Sections:    moshSections(),
		Examples: []Example{
			{"mosh user@host", "a login shell on host"},
			{"mosh host -- tmux attach", "a command instead of a shell; \"--\" keeps its options from mosh"},
			{"mosh -p 60010 --ssh=\"ssh -p 2222\" host", "one UDP port, and sshd on port 2222"},
			{"mosh --server=/opt/bin/mosh-server host", "a server outside the search path"},
			{"mosh --doctor host", "check what mosh needs on the way to host"},
			{"mosh --local", "a shell on this machine, without ssh"},
		},
		Exit: []Status{
			{"0", "The session ended cleanly. If both ends are this implementation: the exit status of the remote command."},
			{"1", "The session was lost or could not be made over UDP."},
			{"255", "No session was started: a wrong command line, `ssh` failed, or there is no usable `mosh-server`."},
		},
		SeeAlso: []string{"mosh-client(1)", "mosh-server(1)", "ssh(1)", "ssh_config(5)"},
	}
}

func moshGroups() []Group {
	return []Group{
		{"Session", []Option{
			{Long: "port", Short: "p", Value: "PORT[:PORT2]", Config: true, Summary: "server-side UDP port or range of ports",
				Detail: "0 lets the system choose. This is not the port of `ssh`: give that with `--ssh=\"ssh -p N\"`. Without it the server takes the first free port from 60001 to 60999."},
			{Long: "local", Own: false, Summary: "run the server on this machine, without ssh",
				Detail: "The host, if given, must be an address of this machine; it is 127.0.0.1 otherwise."},
			{Long: "init", Also: []string{"term-init"}, Negatable: true, Default: "yes", Config: true,
				Summary: "keep the terminal out of its alternate screen",
				Detail:  "The session is then left in the terminal's scrollback."},
			{Long: "verbose", Own: true, Config: true, Summary: "tell what is run and where the time goes"},
		}},
		{"Local echo", []Option{
			{Long: "predict", Value: "MODE", Words: []string{"adaptive", "always", "never", "experimental"}, Default: "adaptive", Config: true,
				Summary: "when typed characters are shown early: adaptive, always, never or experimental",
				Detail:  "`adaptive` shows typed characters at once on slow links; `experimental` also when the server might not echo them."},
			{Short: "a", Sets: "predict=always", Summary: "--predict=always"},
			{Short: "n", Sets: "predict=never", Summary: "--predict=never"},
			{Long: "predict-overwrite", Short: "o", Negatable: true, Config: true, Summary: "predictions overwrite instead of inserting"},
		}},
		{"Network", []Option{
			{Short: "4", Sets: "family=inet", Summary: "--family=inet: IPv4 only"},
			{Short: "6", Sets: "family=inet6", Summary: "--family=inet6: IPv6 only"},
			{Long: "family", Value: "FAMILY", Words: []string{"inet", "inet6", "auto", "all", "prefer-inet", "prefer-inet6"}, Default: "prefer-inet", Config: true,
				Summary: "address families: inet, inet6, prefer-inet, prefer-inet6, all or auto",
				Detail:  "`prefer-` tries one family first; `all` keeps the order of the resolver; `auto` refuses a name that has both."},
			{Long: "bind-server", Value: "WHAT", Words: []string{"ssh", "any", "both"}, Default: "ssh", Config: true,
				Summary: "address the server binds: ssh, any, both or IP",
				Detail:  "`ssh` is the address at which `ssh` reached it, `both` every address of both families. Without this option the server is asked for both families when the host has addresses of both."},
			{Long: "experimental-remote-ip", Value: "METHOD", Words: []string{"proxy", "remote", "local"}, Config: true,
				Summary: "where the UDP address comes from: proxy, remote or local",
				Detail:  "`proxy`: `mosh` makes the connection for `ssh` and sees the address; this overrides a `ProxyJump` or `ProxyCommand` of ssh_config. `remote`: the server tells the address at which `ssh` reached it. `local`: the name is resolved here, and `ssh` is given the address. Without this option `ssh -G` is asked: `remote` if a proxy or a shared connection is configured, else `proxy`."},
		}},
		{"Programs", []Option{
			{Long: "ssh", Value: "COMMAND", Kind: KindCommand, Default: "ssh", Config: true, Summary: "command that logs in",
				Detail: "Split into words at blanks; quotes and backslashes work as in a shell."},
			{Long: "ssh-pty", Negatable: true, Default: "yes", Config: true, Summary: "do not ask ssh for a terminal"},
			{Long: "server", Value: "COMMAND", Default: "mosh-server", Config: true, Summary: "server command on the remote machine",
				Detail: "It is read by the login shell there, so it may hold variables and further words. Without this option `mosh-server` is looked for in the PATH and then in /usr/local/bin, /opt/homebrew/bin, /opt/local/bin, /usr/pkg/bin, /home/linuxbrew/.linuxbrew/bin, ~/.local/bin and ~/bin."},
			{Long: "client", Value: "PATH", Kind: KindCommand, Default: "mosh-client", Config: true, Summary: "client program on this machine",
				Detail: "Without this option the one beside `mosh` is taken, then the PATH is searched."},
		}},
		{"Help", []Option{
			{Long: "doctor", Own: true, Summary: "check the way to the host step by step",
				Detail: "Logs in, looks for the server there, starts one and measures whether UDP passes each way at each known address: round trip, loss and the largest datagram. It says what to do about what does not work, and ends with status 0 if a session would."},
			{Long: "help", Summary: "this text"},
			{Long: "version", Summary: "version and compatibility"},
		}},
		{"Internal", []Option{
			{Long: "fake-proxy", Negatable: true, Hidden: true, Summary: "be the ProxyCommand of ssh"},
			{Long: "proxy-token", Value: "TOKEN", Hidden: true, Own: true},
			{Long: "proxy-addresses", Value: "LIST", Hidden: true, Own: true},
			{Long: "proxy-pass", Value: "PORT", Hidden: true, Own: true},
		}},
	}
}

func moshEnvironment() []Variable {
	return []Variable{
		{"MOSH_PREDICTION_DISPLAY", "Mode of local echo when `--predict` is not given."},
		{"MOSH_PREDICTION_OVERWRITE", "`yes`: as `--predict-overwrite`."},
		{"MOSH_ESCAPE_KEY", "The escape key of the client; see mosh-client(1)."},
		{"MOSH_NO_TERM_INIT", "If set: as `--no-init`."},
		{"MOSH_TITLE_NOPREFIX", "If set, the window title is left without the prefix \"[mosh] \"."},
		{"LANG, LANGUAGE, LC_*", "The locale is handed to the server, which uses it if its own is not UTF-8."},
		{"POSIXLY_CORRECT", "If set, options end at the first word that is none."},
		{"NO_COLOR", "If set and not empty, messages have no colour. They have none either when stderr is no terminal."},
		{"XDG_CONFIG_HOME", "Where the configuration file is looked for; ~/.config if not set."},
	}
}

func moshSections() []Section {
	return []Section{
		{"ESCAPE SEQUENCES", []string{
			"The escape key is Ctrl-^ (Ctrl-Shift-6 on many keyboards); see `MOSH_ESCAPE_KEY` in mosh-client(1). `Ctrl-^ .` ends the session, `Ctrl-^ Ctrl-Z` suspends the client, `Ctrl-^ i` shows how the connection is, `Ctrl-^ ^` types the escape key itself.",
		}},
		{"CONFIGURATION FILE", []string{
			"`$XDG_CONFIG_HOME/mosh/config` has the syntax of ssh_config(5): `Host` lines with patterns (`*`, `?`, `!`), and below them keywords with values. The keywords are the long names of the options. For each keyword the first value found counts; the command line and the environment come before the file. An unknown keyword is an error.",
		}},
	}
}
