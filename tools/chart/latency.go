package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// result is what lab writes for a variant on a link.
type result struct {
	Profile, Variant string
	Samples          []time.Duration
}

// The colours can be told apart by people who do not see all of them.
var (
	paper   = color.White
	colours = map[string]color.Color{
		"ours":  color.RGBA{0x00, 0x72, 0xb2, 0xff},
		"stock": color.RGBA{0xd5, 0x5e, 0x00, 0xff},
		"ssh":   color.RGBA{0x77, 0x77, 0x77, 0xff},
	}
	variants = []string{"ours", "stock", "ssh"}
)

// links returns the profiles with latencies, in the order of the file.
func links(all []result) (names []string) {
	for _, r := range all {
		if len(r.Samples) > 0 && !slices.Contains(names, r.Profile) {
			names = append(names, r.Profile)
		}
	}
	return names
}

// drawLatency draws for each link which share of the keys was on the screen after which time.
func drawLatency(all []result, file string) error {
	const columns = 3
	names := links(all)
	if len(names) == 0 {
		return fmt.Errorf("no latencies to draw %s from", file)
	}
	rows := (len(names) + columns - 1) / columns
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: 12, PadY: 12, PadTop: 8, PadBottom: 8, PadLeft: 8, PadRight: 12}
	plots := make([][]*plot.Plot, rows)
	for i := range plots {
		plots[i] = make([]*plot.Plot, columns)
	}
	for i, name := range names {
		p, err := distribution(name, all, i == 0)
		if err != nil {
			return err
		}
		plots[i/columns][i%columns] = p
	}
	return save(file, columns*260, vg.Length(rows)*190, func(d draw.Canvas) error {
		for i, line := range plot.Align(plots, tiles, d) {
			for j, c := range line {
				if plots[i][j] != nil {
					plots[i][j].Draw(c)
				}
			}
		}
		return nil
	})
}

func distribution(name string, all []result, legend bool) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = name
	p.X.Label.Text = "ms from key to screen"
	p.Y.Min, p.Y.Max = 0, 1
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticks{}
	p.X.Min, p.X.Max = math.Inf(1), 0
	p.Legend.Top, p.Legend.Left = false, false
	for _, v := range variants {
		points := cumulated(all, name, v)
		if len(points) == 0 {
			continue
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = colours[v], 1.5
		p.Add(line)
		if legend {
			p.Legend.Add(v, line)
		}
		p.X.Min, p.X.Max = min(p.X.Min, points[0].X), max(p.X.Max, points[len(points)-1].X)
	}
	p.Add(plotter.NewGrid())
	return p, nil
}

// cumulated returns the share of keys by time, in ms.
func cumulated(all []result, profile, variant string) plotter.XYs {
	var xs []float64
	for _, r := range all {
		if r.Profile == profile && r.Variant == variant {
			for _, s := range r.Samples {
				xs = append(xs, max(0.1, s.Seconds()*1000))
			}
		}
	}
	slices.Sort(xs)
	points := make(plotter.XYs, len(xs))
	for i, x := range xs {
		points[i] = plotter.XY{X: x, Y: float64(i+1) / float64(len(xs))}
	}
	return points
}

// ticks are 1, 2 and 5 of each power of ten, more of them where that gives few and fewer where it gives many.
type ticks struct{}

func (ticks) Ticks(low, high float64) (all []plot.Tick) {
	for _, digits := range [][]float64{{1}, {1, 2, 5}, {1, 1.2, 1.4, 1.7, 2, 3, 4, 5, 7}} {
		all = nil
		for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
			for _, n := range digits {
				if x := n * math.Pow(10, power); x >= low && x <= high {
					all = append(all, plot.Tick{Value: x, Label: fmt.Sprintf("%.4g", x)})
				}
			}
		}
		if len(all) >= 3 {
			return all
		}
	}
	return all
}
