// Command dist makes the files of a release: for each platform an archive with static, stripped binaries, manual pages
// and completions; for Linux a deb and an rpm too; an SBOM in CycloneDX; and SHA256SUMS over all of them. Run it from
// the top of the repository: go run ./internal/tools/dist [-out dist] [linux/amd64 ...]
//
// The same tree gives the same bytes: paths are trimmed, times are the last commit's, orders are fixed.
package main

import (
	"cmp"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mosh/internal/app/version"
)

// platform is GOOS/GOARCH, with the ARM version that Go cannot tell from these.
type platform struct{ os, arch, arm string }

var platforms = []platform{
	{os: "linux", arch: "amd64"}, {os: "linux", arch: "arm64"}, {os: "linux", arch: "arm", arm: "7"}, {os: "linux", arch: "riscv64"},
	{os: "darwin", arch: "amd64"}, {os: "darwin", arch: "arm64"},
	{os: "freebsd", arch: "amd64"}, {os: "freebsd", arch: "arm64"}, {os: "openbsd", arch: "amd64"}, {os: "netbsd", arch: "amd64"},
	{os: "solaris", arch: "amd64"}, {os: "illumos", arch: "amd64"},
	{os: "android", arch: "arm64"},
	{os: "windows", arch: "amd64"}, {os: "windows", arch: "arm64"},
}

func (p platform) String() string {
	if p.arm != "" {
		return p.os + "/" + p.arch + "v" + p.arm
	}
	return p.os + "/" + p.arch
}

// commands are what is built for p: there is no server for Windows.
func (p platform) commands() []string {
	if p.os == "windows" {
		return []string{"mosh", "mosh-client"}
	}
	return []string{"mosh", "mosh-client", "mosh-server"}
}

// packageArch is nfpm's name of the architecture.
func (p platform) packageArch() string { return p.arch + cmp.Or(p.arm, "") }

func main() {
	out := flag.String("out", "dist", "directory to write to")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(out string, wanted []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	changed, err := lastChange()
	if err != nil {
		return err
	}
	r := release{out: out, changed: changed}
	for _, p := range platforms {
		if len(wanted) > 0 && !slices.Contains(wanted, p.String()) {
			continue
		}
		if err := r.platform(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	if err := r.bom(); err != nil {
		return err
	}
	return r.sums()
}

// release is one run: where the files go and the one time that all of them carry.
type release struct {
	out     string
	changed time.Time
	files   []string // what was made, by base name
}

// lastChange is SOURCE_DATE_EPOCH, or the time of the last commit.
func lastChange() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		b, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("asking git for the time of the last commit: %w; outside git set SOURCE_DATE_EPOCH", err)
		}
		text = strings.TrimSpace(string(b))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func (r *release) platform(p platform) error {
	stage, err := os.MkdirTemp("", "mosh-dist")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := compile(p, stage); err != nil {
		return err
	}
	if err := r.archive(p, stage); err != nil {
		return err
	}
	if p.os != "linux" {
		return nil
	}
	if err := r.compressManuals(stage); err != nil {
		return err
	}
	for _, packager := range []string{"deb", "rpm"} {
		if err := r.pack(p, packager, stage); err != nil {
			return err
		}
	}
	return nil
}

func compile(p platform, stage string) error {
	args := []string{"build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", stage + "/"}
	for _, c := range p.commands() {
		args = append(args, "./cmd/"+c)
	}
	return command([]string{"CGO_ENABLED=0", "GOOS=" + p.os, "GOARCH=" + p.arch, "GOARM=" + p.arm}, "go", args...)
}

// pack runs nfpm, whose version tools/go.mod fixes.
func (r *release) pack(p platform, packager, stage string) error {
	name := fmt.Sprintf("mosh-go_%s_%s.%s", version.Number, p.packageArch(), packager)
	env := []string{
		"ARCH=" + p.packageArch(), "VERSION=" + version.Number, "STAGE=" + stage,
		"SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.changed.Unix(), 10),
		"MAINTAINER=" + cmp.Or(os.Getenv("MAINTAINER"), "The authors of mosh in Go <root@localhost>"),
	}
	if err := command(env, "go", "tool", "-modfile=tools/go.mod", "nfpm", "package", "-f", "packaging/nfpm.yaml",
		"-p", packager, "-t", filepath.Join(r.out, name)); err != nil {
		return err
	}
	r.files = append(r.files, name)
	return nil
}

// bom lists the modules that are in the binaries.
func (r *release) bom() error {
	name := fmt.Sprintf("mosh-%s.cdx.json", version.Number)
	err := command(nil, "go", "tool", "-modfile=tools/go.mod", "cyclonedx-gomod", "mod", "-json", "-type", "application",
		"-licenses", "-std", "-noserial", "-notimestamp", "-output", filepath.Join(r.out, name))
	r.files = append(r.files, name)
	return err
}

func (r *release) sums() error {
	slices.Sort(r.files)
	var text strings.Builder
	for _, name := range r.files {
		b, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(b), name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(text.String()), 0o644)
}

// command runs a program; what it says is shown only if it fails.
func command(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, text)
	}
	return nil
}
