package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// pureStd is what core/ may import of the standard library: nothing that does I/O, reads a clock or locks.
var pureStd = set("bytes", "cmp", "compress/flate", "compress/zlib", "container/list", "crypto/aes", "crypto/cipher",
	"crypto/subtle", "encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "hash", "hash/adler32",
	"hash/fnv", "hash/maphash", "io", "iter", "maps", "math", "math/bits", "math/rand/v2", "net/netip", "slices",
	"sort", "strconv", "strings", "time", "unicode", "unicode/utf8", "unsafe")

// pureLibs is what core/ may import from outside, by path prefix.
var pureLibs = []string{"github.com/ProtonMail/go-crypto/ocb", "google.golang.org/protobuf/encoding/protowire"}

// coreRank orders core/: a package imports only packages of a lower rank. The two columns
// (protocol, terminal) share no rank below statesync, and columnOf keeps them apart.
var coreRank = map[string]int{
	"datagram": 1, "wire": 1, "ssp": 2,
	"width": 1, "vtparse": 1, "vt": 2, "display": 3,
	"statesync": 4, "predict": 4, "notice": 4,
	"client": 5, "server": 5,
}

var columnOf = map[string]string{
	"datagram": "protocol", "wire": "protocol", "ssp": "protocol",
	"width": "terminal", "vtparse": "terminal", "vt": "terminal", "display": "terminal",
	"predict": "terminal", "notice": "terminal",
}

// testSupport may be imported by tests and by each other only.
var testSupport = set("simnet", "vttest", "corpus", "e2e", "leak", "netlab", "arch")

// clockFuncs are the functions of package time that read or wait on a clock.
var clockFuncs = set("Now", "Since", "Until", "After", "AfterFunc", "Sleep", "NewTimer", "NewTicker", "Tick")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

func TestLayers(t *testing.T) {
	root := "../.."
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "tools" && filepath.Dir(p) == root) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		rel, _ := filepath.Rel(root, p)
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, 0)
		if err != nil {
			return err
		}
		for _, msg := range check(fset, f, filepath.ToSlash(rel)) {
			t.Error(msg)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// check returns what file f at repository path rel does against the rules.
func check(fset *token.FileSet, f *ast.File, rel string) []string {
	pkg := path.Dir(rel)
	test := strings.HasSuffix(rel, "_test.go")
	var out []string
	report := func(n ast.Node, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s:%d: %s", rel, fset.Position(n.Pos()).Line, fmt.Sprintf(format, args...)))
	}
	for _, spec := range f.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value)
		if msg := checkImport(pkg, imp, test); msg != "" {
			report(spec, "%s", msg)
		}
	}
	if test {
		return out
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			report(fn, "init function: use a constructor")
		}
	}
	inCore := strings.HasPrefix(pkg, "internal/core/")
	onlyCmdExits := !strings.HasPrefix(pkg, "cmd/") && !isSupport(pkg)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if inCore {
				report(n, "go statement in core/")
			}
		case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
			if inCore {
				report(n, "channel in core/")
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			if inCore && x.Name == "time" && clockFuncs[n.Sel.Name] {
				report(n, "time.%s in core/: time is an argument", n.Sel.Name)
			}
			if onlyCmdExits && x.Name == "os" && n.Sel.Name == "Exit" {
				report(n, "os.Exit outside cmd/")
			}
		}
		return true
	})
	return out
}

func checkImport(pkg, imp string, test bool) string {
	mine, isOurs := strings.CutPrefix(imp, "mosh/internal/")
	if !test && isOurs && testSupport[firstDir(mine)] && !isSupport(pkg) {
		return "imports " + imp + ", which is for tests only"
	}
	switch {
	case strings.HasPrefix(pkg, "internal/core/") && !test:
		return checkCore(strings.TrimPrefix(pkg, "internal/core/"), imp, mine, isOurs)
	case strings.HasPrefix(pkg, "internal/drive/") && !test:
		if strings.HasPrefix(mine, "app/") {
			return "drive/ imports " + imp
		}
		if strings.HasPrefix(mine, "drive/") && !strings.HasSuffix(pkg, "loop") {
			return "drive packages do not import each other (only the loops do): " + imp
		}
	case strings.HasPrefix(pkg, "internal/app/") && !test:
		if imp == "os/signal" {
			return "signals belong to drive/"
		}
	}
	return ""
}

func checkCore(me, imp, mine string, isOurs bool) string {
	other, inCore := strings.CutPrefix(mine, "core/")
	switch {
	case isOurs && !inCore:
		return "core/ imports only core/: " + imp
	case inCore:
		if coreRank[me] == 0 {
			return "give core/" + me + " a rank in internal/arch"
		}
		if coreRank[other] >= coreRank[me] {
			return fmt.Sprintf("core/%s must not import core/%s: imports point down", me, other)
		}
		if c := columnOf[me]; c != "" && columnOf[other] != c {
			return fmt.Sprintf("core/%s (%s) must not know core/%s", me, c, other)
		}
	case pureStd[imp]:
	default:
		for _, lib := range pureLibs {
			if strings.HasPrefix(imp, lib) {
				return ""
			}
		}
		return "core/ may not import " + imp
	}
	return ""
}

func firstDir(p string) string {
	d, _, _ := strings.Cut(p, "/")
	return d
}

func isSupport(pkg string) bool {
	p, ok := strings.CutPrefix(pkg, "internal/")
	return ok && (testSupport[firstDir(p)] || firstDir(p) == "tools")
}

// TestRulesBite shows that the rules can fail.
func TestRulesBite(t *testing.T) {
	cases := []struct{ rel, src, want string }{
		{"internal/core/vt/x.go", `package vt; import "os"`, "may not import os"},
		{"internal/core/vt/x.go", `package vt; import "mosh/internal/core/ssp"`, "must not import"},
		{"internal/core/display/x.go", `package display; import "mosh/internal/core/wire"`, "must not know"},
		{"internal/core/ssp/x.go", `package ssp; import "time"; var t = time.Now()`, "time is an argument"},
		{"internal/core/ssp/x.go", `package ssp; func f() { go f() }`, "go statement"},
		{"internal/drive/udp/x.go", `package udp; import "mosh/internal/drive/pty"`, "do not import each other"},
		{"internal/app/mosh/x.go", `package mosh; import "os"; func f() { os.Exit(1) }`, "outside cmd/"},
		{"internal/app/mosh/x.go", `package mosh; import "mosh/internal/simnet"`, "tests only"},
		{"internal/drive/udp/x.go", `package udp; func init() {}`, "init function"},
	}
	for _, c := range cases {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, c.rel, c.src, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(check(fset, f, c.rel), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s with %q: got %q, want %q", c.rel, c.src, got, c.want)
		}
	}
}
