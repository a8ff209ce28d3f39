//go:build linux

package main

import (
	"slices"
	"strings"
)

// script is what a person does with one program.
type script struct {
	name  string
	argv  []string
	env   []string
	files map[string]string
	run   func(*person)
}

const (
	left, right, up, down     = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B"
	homeKey, endKey, deleteK  = "\x1b[H", "\x1b[F", "\x1b[3~"
	pageUp, pageDown, ctrlRt  = "\x1b[5~", "\x1b[6~", "\x1b[1;5C"
	ctrlLt, backspace, escKey = "\x1b[1;5D", "\x7f", "\x1b"
)

func ctrl(c byte) string { return string(rune(c & 0x1F)) }

// files that the scripts work on.
var someFiles = map[string]string{
	"notes.txt": "Call the plumber.\nReturn the books.\nBuy oats, pears and bread.\nWater the plants on Thursday.\n",
	"todo.md":   "# Todo\n\n- [ ] write the report\n- [x] mend the bicycle\n- [ ] answer Ada\n",
	"src/main.c": "#include <stdio.h>\n\nint main(int argc, char **argv)\n{\n\tfor (int i = 1; i < argc; i++)\n\t\tprintf(\"%s\\n\", argv[i]);\n" +
		"\treturn 0;\n}\n",
	"src/Makefile": "all: main\n\nmain: main.c\n\tcc -o main main.c\n",
	"data.csv":     "name,year,height\noak,1902,21\nbeech,1931,18\nelm,1954,12\npine,1976,24\n",
}

var commands = []string{
	"ls", "ls -la", "cat notes.txt", "cd src", "cd ..", "pwd", "grep -n main src/main.c", "wc -l *.txt", "head -3 data.csv",
	"echo hello world", "sort -t, -k3 -n data.csv", "cut -d, -f1 data.csv | tail -n +2", "mkdir -p build/tmp", "date +%Y",
	"for f in *.txt; do echo $f; done", "find . -name '*.c'", "cp notes.txt build/", "touch build/a build/b", "ls build",
	"rm build/a", "sed -n 2p notes.txt", "tr a-z A-Z < todo.md", "history | tail -2", "export EDITOR=vi", "which ls",
	"uname -s", "echo $((3 * 14))", "printf '%s\\n' one two three", "test -f notes.txt && echo yes", "diff notes.txt build/notes.txt",
	"awk -F, '{ print $2 }' data.csv", "du -s src", "file notes.txt || true", "true", "type cd",
}

var sentences = []string{
	"The harbour was quiet that morning, and the boats lay on the mud like tired animals.",
	"We measured the temperature twice a day and wrote it into the yellow book.",
	"Nobody had told the new clerk that the lift only stopped at even floors.",
	"It is easier to ask a question than to wait for somebody to guess it.",
	"Please find the corrected figures below; the earlier ones had the wrong year.",
	"After the rain the path was so soft that the wheels sank to the axles.",
	"The second chapter explains why the first design did not work.",
	"She counted the coins again, put three of them back and closed the drawer.",
	"If the line is slow, the letters should still appear as fast as one can type.",
	"Dear Ms Lovelace, thank you for the parcel, which arrived on Tuesday.",
}

// shell runs commands as people do: with slips, recalled ones, completion and mistakes in the middle of a line.
func shell(n int, commands []string) func(*person) {
	return func(p *person) {
		for i, c := range pick(p, n, commands) {
			switch {
			case i%7 == 3:
				p.think()
				p.key(up, 1+p.rng.IntN(3))
				p.enter()
			case i%7 == 5:
				p.think()
				p.types("cat no")
				p.key("\t", 1)
				p.enter()
			}
			p.line(c)
		}
	}
}

func edits(p *person, commands []string) {
	p.line("echo one two three")
	for _, c := range pick(p, 10, commands) {
		p.think()
		p.types(c)
		switch p.rng.IntN(8) {
		case 0:
			p.key(ctrl('a'), 1)
			p.types("echo ")
			p.key(ctrl('e'), 1)
			p.types(" x")
		case 1:
			p.key(left, 4)
			p.types("-q")
			p.key(right, 2)
			p.key(backspace, 1)
		case 2:
			p.key(ctrl('w'), 1)
			p.types("notes.txt")
		case 3:
			p.key(ctrl('u'), 1)
			p.types("true")
		case 4:
			p.key("\x1bb", 2)
			p.types("very")
			p.key("\x1bf", 1)
			p.key(ctrl('k'), 1)
		case 5:
			p.key(homeKey, 1)
			p.types("time ")
			p.key(endKey, 1)
		case 6:
			p.key(ctrlLt, 2)
			p.key(deleteK, 2)
			p.types("ab")
			p.key(ctrlRt, 1)
		case 7:
			p.key("\x1b\x7f", 1)
			p.types("data.csv")
			p.key(ctrl('b'), 3)
			p.key(ctrl('d'), 1)
			p.key(ctrl('f'), 1)
		}
		p.enter()
	}
}

// fishCommands leaves out what fish writes otherwise.
func fishCommands() []string {
	return slices.DeleteFunc(slices.Clone(commands), func(c string) bool {
		return strings.Contains(c, "$") || strings.Contains(c, "history")
	})
}

// long lines go over the right margin.
func long(p *person) {
	for _, s := range pick(p, 4, sentences) {
		p.line("echo " + s + " And so on.")
	}
}

func scripts() []script {
	all := []script{
		{name: "bash", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: shell(24, commands)},
		{name: "bash-path", argv: []string{"bash", "--norc", "--noprofile", "-i"}, env: []string{`PS1=[user@host \W]\$ `}, run: shell(14, commands)},
		{name: "bash-edit", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: func(p *person) { edits(p, commands); edits(p, commands) }},
		{name: "bash-long", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: long},
		{name: "zsh", argv: []string{"zsh", "-f", "-i"}, env: []string{"PS1=%1~ %# ", "RPS1=%D{%Y}"}, run: func(p *person) { shell(16, commands)(p); edits(p, commands) }},
		{name: "fish", argv: []string{"fish", "--private", "-C", "function fish_prompt; echo -n user@host (prompt_pwd)'> '; end"}, run: func(p *person) { shell(20, fishCommands())(p); edits(p, fishCommands()) }},
		{name: "dash", argv: []string{"dash", "-i"}, run: shell(8, commands)},
	}
	all = append(all, editors()...)
	all = append(all, others()...)
	for i := range all {
		if all[i].files == nil {
			all[i].files = someFiles
		}
	}
	return all
}
