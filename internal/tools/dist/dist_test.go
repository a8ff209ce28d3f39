package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestDist makes a release for this platform twice, compares, and installs and removes the package in a directory.
func TestDist(t *testing.T) {
	t.Chdir("../../..")
	here := runtime.GOOS + "/" + runtime.GOARCH
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		if err := run(dir, []string{here}); err != nil {
			t.Fatal(err)
		}
	}
	names := list(t, first)
	if got := list(t, second); !slices.Equal(names, got) {
		t.Fatalf("first %q, then %q", names, got)
	}
	for _, name := range names {
		if !bytes.Equal(read(t, first, name), read(t, second, name)) {
			t.Errorf("%s differs between two builds", name)
		}
	}
	sums := exec.Command("sha256sum", "-c", "SHA256SUMS")
	sums.Dir = first
	if out, err := sums.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
	for _, suffix := range []string{".tar.gz", ".deb", ".rpm", ".cdx.json", "SHA256SUMS"} {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, suffix) }) {
			t.Errorf("no *%s among %q", suffix, names)
		}
	}
	debs, _ := filepath.Glob(filepath.Join(first, "*.deb"))
	installAndRemove(t, debs[0])
}

// installAndRemove uses dpkg on an empty system in a directory, so that the distribution's mosh stays where it is.
func installAndRemove(t *testing.T, deb string) {
	root := t.TempDir()
	admin := filepath.Join(root, "var/lib/dpkg")
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(admin, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	status := filepath.Join(admin, "status")
	installed := func(pkg string) string {
		return "Package: " + pkg + "\nStatus: install ok installed\nMaintainer: x <x@localhost>\nVersion: 1.4.0\nArchitecture: " + debArch(t) + "\nDescription: x\n\n"
	}
	dpkg := func(args ...string) (string, error) {
		cmd := exec.Command("dpkg", append([]string{"--root=" + root, "--force-not-root", "--log=" + root + "/log"}, args...)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	write(t, status, installed("openssh-client")+installed("mosh"))
	if out, err := dpkg("-i", deb); err != nil || !strings.Contains(out, "Removing mosh (1.4.0), to allow configuration of mosh-go") {
		t.Errorf("over the package mosh: %v, want it replaced\n%s", err, out)
	}
	if out, err := dpkg("-P", "mosh-go"); err != nil {
		t.Errorf("dpkg -P: %v\n%s", err, out)
	}
	write(t, status, installed("openssh-client"))
	if out, err := dpkg("-i", deb); err != nil {
		t.Fatalf("dpkg -i: %v\n%s", err, out)
	}
	for _, name := range []string{"usr/bin/mosh-client", "usr/bin/mosh-server", "usr/share/man/man1/mosh.1.gz", "usr/share/bash-completion/completions/mosh", "usr/lib/firewalld/services/mosh-go.xml", "etc/ufw/applications.d/mosh"} {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Error(err)
		}
	}
	if out, err := exec.Command(filepath.Join(root, "usr/bin/mosh"), "--version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "mosh ") {
		t.Errorf("the installed mosh --version: %v\n%s", err, out)
	}
	profile := filepath.Join(root, "etc/ufw/applications.d/mosh")
	if out, err := dpkg("-r", "mosh-go"); err != nil {
		t.Errorf("dpkg -r: %v\n%s", err, out)
	}
	if _, err := os.Stat(profile); err != nil {
		t.Errorf("the configuration file does not outlive removal: %v", err)
	}
	if out, err := dpkg("-P", "mosh-go"); err != nil {
		t.Errorf("dpkg -P: %v\n%s", err, out)
	}
	for _, name := range []string{"usr/bin/mosh", "etc/ufw/applications.d/mosh", "usr/share/doc/mosh-go"} {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			t.Errorf("%s is left after purging", name)
		}
	}
}

func debArch(t *testing.T) string {
	out, err := exec.Command("dpkg", "--print-architecture").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func list(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func read(t *testing.T, dir, name string) []byte {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryPlatformCompiles compiles the commands for all platforms, without linking them.
func TestEveryPlatformCompiles(t *testing.T) {
	t.Chdir("../../..")
	for _, p := range platforms {
		args := []string{"build"}
		for _, c := range p.commands() {
			args = append(args, "./cmd/"+c)
		}
		if err := command([]string{"CGO_ENABLED=0", "GOOS=" + p.os, "GOARCH=" + p.arch, "GOARM=" + p.arm}, "go", args...); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}
