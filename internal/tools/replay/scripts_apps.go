//go:build linux

package main

import "time"

// prose writes sentences, one per paragraph of two.
func prose(p *person, n int) {
	for i, s := range pick(p, n, sentences) {
		p.types(s)
		if i%2 == 1 {
			p.enter()
		}
		p.enter()
		p.think()
	}
}

// wander moves about in a text and mends it.
func wander(p *person) {
	p.key(up, 3)
	p.key(right, 5)
	p.types("quite ")
	p.key(down, 1)
	p.key(homeKey, 1)
	p.types("Well, ")
	p.key(endKey, 1)
	p.types(" Indeed.")
	p.key(backspace, 4)
	p.holds(left, 12)
	p.types("so ")
}

func editors() []script {
	return []script{
		{name: "vim", argv: []string{"vim", "-u", "NONE", "-N", "new.txt"}, run: func(p *person) {
			p.think()
			p.key("i", 1)
			prose(p, 4)
			p.key(escKey, 1)
			for range 2 {
				p.think()
				p.key("k", 3)
				p.key("w", 4)
				p.key("x", 2)
				p.key("j", 1)
				p.think()
				p.key("A", 1)
				p.types(" And this was added later.")
				p.key(escKey, 1)
				p.think()
				p.key("d", 2)
				p.key("O", 1)
				p.types("A new line above.")
				p.key(escKey, 1)
			}
			p.think()
			p.types(":w")
			p.enter()
			p.types(":q")
			p.enter()
		}},
		{name: "vim-code", argv: []string{"vim", "-u", "DEFAULTS", "src/main.c"}, env: []string{"VIMINIT=set showmode ruler autoindent"}, run: func(p *person) {
			p.think()
			p.key("j", 4)
			p.key("o", 1)
			p.types("int n = argc - 1;")
			p.enter()
			p.types("if (n > 3) {")
			p.enter()
			p.types("\treturn n;")
			p.enter()
			p.key(backspace, 1)
			p.types("}")
			p.key(escKey, 1)
			p.think()
			p.types("/printf")
			p.enter()
			p.key("w", 2)
			p.key("i", 1)
			p.types("more ")
			p.key(left, 3)
			p.types("xy")
			p.key(escKey, 1)
			p.types("u")
			p.types(":q!")
			p.enter()
		}},
		{name: "nano", argv: []string{"nano", "-I", "letter.txt"}, run: func(p *person) {
			p.think()
			prose(p, 5)
			wander(p)
			p.think()
			prose(p, 1)
			p.key(ctrl('x'), 1)
			p.types("n")
		}},
		{name: "emacs", argv: []string{"emacs", "-nw", "-Q", "letter.txt"}, run: func(p *person) {
			p.clock += 2 * time.Second
			prose(p, 4)
			wander(p)
			p.key(ctrl('p'), 2)
			p.key(ctrl('e'), 1)
			p.types(" More of it.")
			p.key("\x1bb", 2)
			p.types("even ")
			p.key(ctrl('a'), 1)
			p.key(ctrl('k'), 1)
			p.key(ctrl('x'), 1)
			p.key(ctrl('c'), 1)
			p.types("n")
		}},
		{name: "vim-cjk", argv: []string{"vim", "-u", "NONE", "-N", "--cmd", "set encoding=utf-8", "cjk.txt"}, run: func(p *person) {
			p.key("i", 1)
			ime(p)
			p.enter()
			ime(p)
			p.key(escKey, 1)
			p.types(":q!")
			p.enter()
		}},
		{name: "bash-cjk", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: func(p *person) {
			p.line("echo start")
			for range 2 {
				p.think()
				p.types("echo ")
				ime(p)
				p.key(backspace, 2)
				p.types(" é à ü ")
				p.key(left, 3)
				p.types("の")
				p.enter()
			}
			p.line("echo 👍 ok naïve café")
		}},
	}
}

// ime types as an input method sends: several characters in one read.
func ime(p *person) {
	for _, w := range pick(p, 8, []string{"今日", "は", "天気", "が", "いい", "です", "。", "東京", "大学", "行く", "안녕", "하세요", "你好", "世界", "写信", "ﾃｽﾄ"}) {
		p.press(p.around(500), w, false)
	}
}

// names of the scripts below are those of what they show.
const suLike = `#!/bin/sh
printf 'Password: '
stty -echo
read pw
stty echo
echo
echo Sorry.
`

const stty = `#!/bin/sh
echo name
read name
stty -echo
read pw
stty echo
echo thanks $name
`

func others() []script {
	return []script{
		{name: "password", argv: []string{"bash", "--norc", "--noprofile", "-i"},
			files: map[string]string{"su": suLike, "ask": stty, "notes.txt": "x\n"}, run: func(p *person) {
				p.line("ls")
				p.line("echo before")
				p.line("./su")
				p.clock += p.around(400)
				p.hides("tR0ub4dor")
				p.enter()
				p.line("read -s pw")
				p.hides("correct horse")
				p.enter()
				p.line("cat notes.txt")
				p.line("read -s -p 'PIN: ' pin")
				p.hides("271828")
				p.enter()
				p.line("./ask")
				p.think()
				p.types("user name")
				p.enter()
				p.hides("hunter2x")
				p.enter()
				p.line("python3 -c 'import getpass; getpass.getpass()'")
				p.clock += p.around(500)
				p.hides("monkey soup")
				p.enter()
				p.line("./su")
				p.clock += p.around(300)
				p.hides("aaaaaa")
				p.enter()
				p.line("echo after")
			}},
		{name: "password-ahead", argv: []string{"bash", "--norc", "--noprofile", "-i"},
			files: map[string]string{"su": suLike}, run: func(p *person) {
				// The prompt is known to come: the secret follows Enter without a pause.
				p.line("true")
				p.line("./su")
				p.clock -= 100 * time.Millisecond
				p.hides("impatient")
				p.enter()
				p.line("read -s x")
				p.hides("unseen")
				p.enter()
				p.line("true")
			}},
		{name: "read", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: func(p *person) {
			p.line("read -p 'Your name: ' n")
			p.think()
			p.types("Ada Lovelace")
			p.enter()
			p.line("cat > letter")
			for _, s := range pick(p, 3, sentences) {
				p.think()
				p.types(s[:40])
				p.enter()
			}
			p.key(ctrl('d'), 1)
			p.line("echo done")
		}},
		{name: "python", argv: []string{"python3", "-q"}, run: func(p *person) {
			for _, l := range []string{"x = [n * n for n in range(10)]", "sum(x)", "def f(a, b):", "    return a + b", "", "f(2, 3)",
				"import math", "math.sqrt(2)", "'hello'.upper()", "for i in range(3):", "    print(i)", "", "d = {'a': 1, 'b': 2}", "d['a'] + d['b']"} {
				p.line(l)
			}
			p.key(up, 2)
			p.key(left, 3)
			p.types("1")
			p.enter()
		}},
		{name: "less", argv: []string{"bash", "--norc", "--noprofile", "-i"}, files: map[string]string{"book.txt": book()}, run: func(p *person) {
			p.line("less book.txt")
			for range 5 {
				p.think()
				p.key(" ", 2)
			}
			p.key("j", 4)
			p.think()
			p.types("/line 7")
			p.enter()
			p.key("n", 3)
			p.key("q", 1)
			p.line("echo read it")
			p.line("ls -l")
		}},
		{name: "mc", argv: []string{"mc", "-b", "-u"}, run: func(p *person) {
			p.clock += time.Second
			p.key(down, 3)
			p.key("\t", 1)
			p.key(down, 2)
			p.types("ls -la src")
			p.key(backspace, 3)
			p.types("build")
			p.key(ctrl('u'), 1)
			p.key(pageDown, 1)
			p.key("\x1b[19~", 1) // F8
			p.key(escKey+escKey, 1)
			p.types("echo hi")
			p.enter()
		}},
		{name: "paste", argv: []string{"bash", "--norc", "--noprofile", "-i"}, run: func(p *person) {
			p.line("echo first")
			p.think()
			p.press(p.around(300), "\x1b[200~echo pasted text\x1b[201~", false)
			p.types(" and more")
			p.enter()
			p.think()
			p.press(p.around(300), "echo without brackets", false)
			p.types(" and more")
			p.enter()
			p.think()
			p.press(p.around(300), "\x1b[200~"+sentences[0]+sentences[1]+"\x1b[201~", false)
			p.key(ctrl('u'), 1)
			p.line("echo last")
		}},
		{name: "tmux", argv: []string{"tmux", "-f", "/dev/null", "-L", "replay", "new-session", "-x", "80", "-y", "24", "bash --norc --noprofile -i"},
			run: func(p *person) {
				p.line("echo one")
				p.line("ls -la")
				p.key(ctrl('b'), 1)
				p.types("%")
				p.settles()
				p.line("cat notes.txt")
				for _, c := range pick(p, 6, commands[:10]) {
					p.line(c)
				}
				p.key(ctrl('b'), 1)
				p.key(left, 1)
				for _, c := range pick(p, 5, commands[:10]) {
					p.line(c)
				}
				p.think()
				p.types("tmux kill-server")
				p.enter()
			}},
	}
}

// book is a text to page through.
func book() string {
	var b []byte
	for i := range 200 {
		b = append(b, "line "...)
		b = append(b, byte('0'+i/100), byte('0'+i/10%10), byte('0'+i%10), ' ')
		b = append(b, sentences[i%len(sentences)]...)
		b = append(b, '\n')
	}
	return string(b)
}
