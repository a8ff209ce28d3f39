package option

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestParse quotes spec/commands.md, A1, row by row. Error texts are in app/mosh/testdata/usage-errors.txtar.
func TestParse(t *testing.T) {
	cases := []struct {
		line  string
		posix bool
		want  string // settings in order of name, then operands; or "error: " and a part of the text
	}{
		{line: "h", want: "h"},
		// "options are recognised anywhere before the first --, also after the host"
		{line: "h -p 60005 echo hi", want: "port=60005 h echo hi"},
		// "only the first one is removed"
		{line: "h -- a -- b", want: "h a -- b"},
		{line: "-- h -- b", want: "h -- b"},
		// "any unique prefix, with one or two dashes"
		{line: "-v", want: "version=yes"},
		{line: "-h", want: "help=yes"},
		{line: "-c x h", want: "client=x h"},
		{line: "-b any h", want: "bind-server=any h"},
		{line: "-e remote h", want: "experimental-remote-ip=remote h"},
		{line: "-i h", want: "init=yes h"},
		{line: "--loc h", want: "local=yes h"},
		{line: "--ver", want: "version=yes"}, // an own option, --verbose, does not make it ambiguous
		{line: "--verb h", want: "verbose=yes h"},
		// "ambiguous prefix: error"
		{line: "-s h", want: "error: ambiguous"},
		{line: "--pred=x h", want: "error: ambiguous"},
		{line: "--no h", want: "error: ambiguous"},
		// "names are case-insensitive"
		{line: "-A h", want: "predict=always h"},
		{line: "-V", want: "version=yes"},
		{line: "--PREDICT=never h", want: "predict=never h"},
		// "--name, -name, +name are equivalent"
		{line: "-port 1 +family inet h", want: "family=inet port=1 h"},
		// "--p=V, -p V, -p=V; not -p60000; a following word is taken even if it begins with -; empty = is an error"
		{line: "--p=1 h", want: "port=1 h"},
		{line: "-p=1 h", want: "port=1 h"},
		{line: "-p60000 h", want: "error: unknown option"},
		{line: "-p -4 h", want: "port=-4 h"},
		{line: "--port= h", want: "error: needs a value"},
		{line: "h -p", want: "error: needs a value"},
		// "--no-X and --noX for predict-overwrite/o, ssh-pty, init, fake-proxy"
		{line: "--no-o --nossh-pty --no-init h", want: "init=no predict-overwrite=no ssh-pty=no h"},
		{line: "--no-fake-proxy --noinit h", want: "fake-proxy=no init=no h"},
		{line: "--no-port h", want: "error: unknown option"},
		// "last one wins"
		{line: "-4 -6 h", want: "family=inet6 h"},
		{line: "-a -n h", want: "predict=never h"},
		// "POSIXLY_CORRECT: no permutation, no + prefix"
		{line: "h -p 1", posix: true, want: "h -p 1"},
		{line: "+4 h", posix: true, want: "+4 h"},
		{line: "- h", want: "- h"},
		// [R] "refuse single-dash abbreviations that collide with common command flags"
		{line: "h ls -l", want: `error: put "--" before the command`},
		{line: "-l h", want: "error: -l is not an option"},
		{line: "h ls -v", want: `error: put "--" before the command`},
		{line: "h ls -a", want: "predict=always h ls"}, // an exact name stays an option
	}
	for _, c := range cases {
		p, err := Mosh().Parse(strings.Fields(c.line), c.posix)
		got := ""
		for _, name := range slices.Sorted(maps.Keys(p.Values)) {
			got += name + "=" + p.Values[name] + " "
		}
		got = strings.TrimSpace(got + strings.Join(p.Operands, " "))
		if gist, wantError := strings.CutPrefix(c.want, "error: "); wantError {
			if err == nil || !strings.Contains(err.Error(), gist) {
				t.Errorf("%q: got %q and error %v, want an error with %q", c.line, got, err, gist)
			}
		} else if err != nil || got != c.want {
			t.Errorf("%q: got %q and error %v, want %q", c.line, got, err, c.want)
		}
	}
}

// TestGetopt quotes spec/commands.md, B1 and C1.
func TestGetopt(t *testing.T) {
	cases := []struct {
		table      Command
		line, want string
	}{
		{Server(), "new -s -p 60001:60010 -c 256 -l A=b -l C=d -- sh -c x", "s= p=60001:60010 c=256 l=A=b l=C=d | new | sh -c x"},
		{Server(), "new -svp60000", "s= v= p=60000 | new"}, // "bundling, -p60000"
		{Server(), "new -v -@ new -c 256", "v= @=new c=256 | new"},
		{Server(), "new --", "| new |"},
		{Server(), "--version", "version= |"},
		{Server(), "-h", "help= |"},
		{Server(), "new -x -s", "s= | new ! unknown option -x"},
		{Server(), "new -p", "| new ! option -p needs a value: -p PORT[:PORT2]"},
		{Server(), "new -- --help", "| new | --help"},
		{Server(), "::1 60001", "| ::1 60001"},
		{Client(), "-#args 127.0.0.1 60001", "#=args | 127.0.0.1 60001"},
		{Client(), "-# args 127.0.0.1 60001 -vv", "#=args v= v= | 127.0.0.1 60001"},
		{Client(), "-c", "c= |"},
		{Client(), "--colour", "| ! unknown option --colour"},
	}
	for _, c := range cases {
		w := c.table.Getopt(strings.Fields(c.line))
		got := ""
		for _, g := range w.Given {
			got += g.Name + "=" + g.Value + " "
		}
		got += "| " + strings.Join(w.Operands, " ")
		if w.HasRest {
			got = strings.TrimSpace(got) + " | " + strings.Join(w.Rest, " ")
		}
		for _, err := range w.Complaints {
			got = strings.TrimSpace(got) + " ! " + err.Error()
		}
		if got = strings.TrimSpace(got); got != c.want {
			t.Errorf("%s %s:\ngot  %q\nwant %q", c.table.Name, c.line, got, c.want)
		}
	}
}

// TestPages holds the manual pages and completions in the repository against the tables.
func TestPages(t *testing.T) {
	for name, want := range Pages() {
		got, err := os.ReadFile(filepath.Join("../../..", name))
		if err != nil || string(got) != want {
			t.Errorf("%s does not match the option table (%v): run go run ./internal/tools/pages", name, err)
		}
	}
}

// TestEveryOptionIsExplained looks each option up in what a person can read.
func TestEveryOptionIsExplained(t *testing.T) {
	for _, c := range []Command{Mosh(), Client(), Server()} {
		help, man := c.Help(c.Name), c.Man()
		seen := map[string]string{}
		for _, o := range c.Options() {
			for spelled := range o.spellings() {
				if other, twice := seen[spelled]; twice {
					t.Errorf("%s: %s is a name of both %s and %s", c.Name, spelled, other, o.name())
				}
				seen[spelled] = o.name()
			}
			if o.Hidden {
				continue
			}
			if o.Summary == "" || !strings.Contains(help, strings.TrimSpace(o.label())) {
				t.Errorf("%s: option %s is not in --help", c.Name, o.name())
			}
			if !strings.Contains(man, roffText(strings.TrimSpace(o.label()))) {
				t.Errorf("%s: option %s is not in the manual", c.Name, o.name())
			}
		}
		for i, line := range strings.Split(man, "\n") {
			if len(line) > 100 || strings.HasSuffix(line, " ") {
				t.Errorf("%s(1), line %d: %q", c.Name, i+1, line)
			}
		}
	}
}

// TestCompletions asks the shells themselves.
func TestCompletions(t *testing.T) {
	dir := t.TempDir()
	for name, text := range Mosh().Completions() {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := "Host work-a work-b *.pattern\n  User me\n"
	if err := os.WriteFile(filepath.Join(home, ".ssh/config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Env, cmd.Dir = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="), dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	bash := func(words string) string {
		return ask("bash", "-c", fmt.Sprintf(`. ./mosh; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _mosh; echo "${COMPREPLY[@]}"`, words))
	}
	fish := func(line string) string {
		out := ask("fish", "-c", `source ./mosh.fish; complete -C "$argv"`, line)
		var words []string
		for l := range strings.Lines(out) {
			word, _, _ := strings.Cut(strings.TrimSpace(l), "\t")
			words = append(words, word)
		}
		return strings.Join(words, " ")
	}
	cases := []struct {
		shell      string
		got        string
		want, none string
	}{
		{"bash option", bash("mosh --pre"), "--predict= --predict-overwrite", "--port"},
		{"bash word", bash("mosh --predict = a"), "adaptive always", "never"},
		{"bash host", bash("mosh wor"), "work-a work-b", "pattern"},
		{"bash user at host", bash("mosh -p 60001 me@wor"), "me@work-a me@work-b", ""},
		{"bash option after host", bash("mosh work-a --no-i"), "--no-init", ""},
		{"bash command", bash("mosh work-a -- ls"), "ls", "work"},
		{"bash no option after dashes", bash("mosh work-a -- ls --pre"), "", "--predict"},
		{"fish option", fish("mosh --no-s"), "--no-ssh-pty", ""},
		{"fish word", fish("mosh --family=prefer"), "--family=prefer-inet --family=prefer-inet6", "--family=all"},
		{"fish host", fish("mosh work-"), "work-a work-b", ""},
		{"zsh syntax", ask("zsh", "-n", "./_mosh"), "", "parse"},
	}
	for _, c := range cases {
		if !strings.Contains(c.got, c.want) || c.none != "" && strings.Contains(c.got, c.none) {
			t.Errorf("%s: got %q, want %q and not %q", c.shell, c.got, c.want, c.none)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("h -p 60005 -- echo")
	f.Add("--no-\x00= + -")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		if p, err := Mosh().Parse(args, false); err == nil && len(p.Operands) > len(args) {
			t.Errorf("%q: more operands than words: %q", line, p.Operands)
		}
		Server().Getopt(args)
	})
}
