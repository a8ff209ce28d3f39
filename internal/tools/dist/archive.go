package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"mosh/internal/app/version"
)

// entry is a file of an archive: its name there and where its content is.
type entry struct {
	name, source string
	mode         int64
}

func entries(p platform, stage string) []entry {
	suffix := ""
	if p.os == "windows" {
		suffix = ".exe"
	}
	var list []entry
	for _, c := range p.commands() {
		list = append(list, entry{c + suffix, filepath.Join(stage, c+suffix), 0o755})
	}
	for _, name := range []string{"LICENSE", "README.md"} {
		list = append(list, entry{name, name, 0o644})
	}
	for _, c := range p.commands() {
		list = append(list, entry{"man/" + c + ".1", "docs/man/" + c + ".1", 0o644})
	}
	for _, name := range []string{"bash/mosh", "fish/mosh.fish", "zsh/_mosh"} {
		list = append(list, entry{"completions/" + name, "completions/" + name, 0o644})
	}
	return list
}

// archive writes mosh-VERSION-OS-ARCH.tar.gz, for Windows .zip, with one directory inside.
func (r *release) archive(p platform, stage string) error {
	base := fmt.Sprintf("mosh-%s-%s", version.Number, strings.ReplaceAll(p.String(), "/", "-"))
	write, name := r.tarball, base+".tar.gz"
	if p.os == "windows" {
		write, name = r.zipped, base+".zip"
	}
	f, err := os.Create(filepath.Join(r.out, name))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := write(f, base, entries(p, stage)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	r.files = append(r.files, name)
	return f.Close()
}

func (r *release) tarball(w io.Writer, base string, list []entry) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zw)
	for _, e := range list {
		b, err := os.ReadFile(e.source)
		if err != nil {
			return err
		}
		header := tar.Header{Name: base + "/" + e.name, Mode: e.mode, Size: int64(len(b)), ModTime: r.changed, Format: tar.FormatUSTAR}
		if err := tw.WriteHeader(&header); err != nil {
			return err
		}
		if _, err := tw.Write(b); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return zw.Close()
}

func (r *release) zipped(w io.Writer, base string, list []entry) error {
	zw := zip.NewWriter(w)
	for _, e := range list {
		b, err := os.ReadFile(e.source)
		if err != nil {
			return err
		}
		part, err := zw.CreateHeader(&zip.FileHeader{Name: base + "/" + e.name, Method: zip.Deflate, Modified: r.changed})
		if err != nil {
			return err
		}
		if _, err := part.Write(b); err != nil {
			return err
		}
	}
	return zw.Close()
}

// compressManuals leaves the manual pages beside the binaries as packages want them.
func (r *release) compressManuals(stage string) error {
	for _, c := range []string{"mosh", "mosh-client", "mosh-server"} {
		b, err := os.ReadFile("docs/man/" + c + ".1")
		if err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(stage, c+".1.gz"))
		if err != nil {
			return err
		}
		zw, err := gzip.NewWriterLevel(f, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := zw.Write(b); err != nil {
			return err
		}
		if err := zw.Close(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
