// Command chart draws docs/performance.md's charts as SVG from what the harnesses have written: the distribution of
// key-to-screen latency on each link from lab's JSON, and what ours costs against stock from bench's.
//
//	go -C tools run ./chart -lab FILE -bench FILE -out DIR
//
// It is in the module of tools because its plotting library is no concern of the programs.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

func main() {
	lab := flag.String("lab", "", "what `lab -json` wrote")
	bench := flag.String("bench", "", "what `bench -json` wrote")
	out := flag.String("out", ".", "where latency.svg and cost.svg go")
	flag.Parse()
	// Every system has a font of these widths: Liberation Sans, Arial or Helvetica.
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	if err := run(*lab, *bench, *out); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(lab, bench, out string) error {
	if lab != "" {
		var results []result
		if err := read(lab, &results); err != nil {
			return err
		}
		if err := drawLatency(results, filepath.Join(out, "latency.svg")); err != nil {
			return err
		}
	}
	if bench == "" {
		return nil
	}
	var r report
	if err := read(bench, &r); err != nil {
		return err
	}
	return drawCost(r.Lines, filepath.Join(out, "cost.svg"))
}

func read(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

// save writes a picture that paint fills, on white: dark themes would show black text on nothing.
func save(file string, width, height vg.Length, paint func(draw.Canvas) error) error {
	c := vgsvg.New(width, height)
	d := draw.New(c)
	d.SetColor(paper)
	d.Fill(d.Rectangle.Path())
	if err := paint(d); err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	text := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif"))
	return os.WriteFile(file, text, 0o644)
}
