package main

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// report is what bench writes, as far as it is drawn.
type report struct {
	Lines []comparison
}

type comparison struct {
	Title, Against string
	Form           int // 0: ours / theirs, at most Goal
	Goal           float64
	Compared       struct{ Median float64 }
}

// drawCost draws a bar for each figure that is a ratio to stock: its length is what ours takes, the mark is the goal.
func drawCost(lines []comparison, file string) error {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l comparison) bool { return l.Form != 0 || l.Against != "stock" })
	if len(lines) == 0 {
		return fmt.Errorf("no ratios to draw %s from", file)
	}
	slices.Reverse(lines) // the first one is on top
	p := plot.New()
	p.Title.Text = "What ours takes, of what stock mosh takes"
	p.X.Min, p.X.Max = 0, 1.25
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: 0.25, Label: "0.25"}, {Value: 0.5, Label: "0.5"}, {Value: 0.75, Label: "0.75"}, {Value: 1, Label: "stock"}}
	names := make([]string, len(lines))
	var goals, values plotter.XYLabels
	bars := make(plotter.Values, len(lines))
	for i, l := range lines {
		names[i] = l.Title
		bars[i] = min(l.Compared.Median, 1.2)
		y := float64(i)
		goals.XYs, goals.Labels = append(goals.XYs, plotter.XY{X: l.Goal, Y: y}), append(goals.Labels, "")
		values.XYs = append(values.XYs, plotter.XY{X: labelAt(bars[i], l.Goal), Y: y - 0.2})
		values.Labels = append(values.Labels, fmt.Sprintf("%.2f", l.Compared.Median))
	}
	p.NominalY(names...)
	p.Y.Padding = 30 // where none of the fonts is there, the one instead may be wider
	chart, err := plotter.NewBarChart(bars, 9)
	if err != nil {
		return err
	}
	chart.Horizontal, chart.Color, chart.LineStyle.Width = true, colours["ours"], 0
	marks, err := plotter.NewScatter(goals)
	if err != nil {
		return err
	}
	marks.Shape, marks.Color, marks.Radius = goalMark{}, color.Black, 6
	labels, err := plotter.NewLabels(values)
	if err != nil {
		return err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i] = text.Style{Color: color.Black, Font: p.X.Tick.Label.Font, Handler: p.TextHandler}
	}
	stock, err := plotter.NewLine(plotter.XYs{{X: 1, Y: -0.5}, {X: 1, Y: float64(len(lines)) - 0.5}})
	if err != nil {
		return err
	}
	stock.Color = colours["stock"]
	p.Add(plotter.NewGrid(), chart, stock, marks, labels)
	p.X.Label.Text = "the mark is the goal"
	return save(file, 760, vg.Length(60+16*len(lines)), func(d draw.Canvas) error {
		p.Draw(draw.Crop(d, 8, -16, 8, -8))
		return nil
	})
}

// labelAt is where a bar's number does not stand on the goal's mark.
func labelAt(bar, goal float64) float64 {
	if goal > bar-0.01 && goal < bar+0.08 {
		bar = goal
	}
	return bar + 0.012
}

// goalMark is an upright stroke.
type goalMark struct{}

func (goalMark) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	c.SetColor(style.Color)
	c.SetLineWidth(1.5)
	var p vg.Path
	p.Move(vg.Point{X: at.X, Y: at.Y - style.Radius})
	p.Line(vg.Point{X: at.X, Y: at.Y + style.Radius})
	c.Stroke(p)
}
