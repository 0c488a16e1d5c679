package chart

import (
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An Axis goes from Low to High, which of a logarithmic one are more than 0.
type Axis struct {
	Low, High float64
	Log       bool
	Text      func(float64) string // that stands at a tick
	// Where the ticks are; nil: where they suit the axis.
	At []float64
}

// Times is a logarithmic axis of times in nanoseconds.
func Times(low, high time.Duration) Axis {
	return Axis{Low: float64(low), High: float64(high), Log: true, Text: Time}
}

// Share is an axis from 0 to 100 %.
func Share() Axis {
	return Axis{High: 1, Text: func(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + "%" }}
}

// Time writes nanoseconds shortly, with a unit: 1 ns, 50 µs, 2.5 s.
func Time(ns float64) string { return scaled(ns, "ns", "µs", "ms", "s") }

// Bytes writes bytes shortly, with a unit: 100 B, 10 kB, 2.5 MB.
func Bytes(n float64) string { return scaled(n, "B", "kB", "MB", "GB") }

// scaled writes v in the unit that suits it, each of which is a thousand times
// the one before.
func scaled(v float64, units ...string) string {
	for v >= 999.5 && len(units) > 1 {
		v, units = v/1000, units[1:]
	}
	if v == 0 {
		return "0"
	}
	return brief(v) + " " + units[0]
}

// brief writes three digits at most, or a whole number.
func brief(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Decades returns the powers of ten around low and high, for an axis that
// begins and ends at a tick.
func Decades(low, high float64) (below, above float64) {
	below, above = math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
	return below, max(above, 10*below)
}

// fullest is the number of ways to set ticks on an axis, of which the first
// has the most figures.
const fullest = 8

// ticks returns those of a way.
func (a Axis) ticks(way int) (ticks plot.ConstantTicks) {
	for i, v := range a.At {
		label := ""
		if i%(way+1) == 0 {
			label = a.Text(v)
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label})
	}
	if a.At != nil {
		return ticks
	}
	if !a.Log {
		major := 0
		for _, t := range (plot.DefaultTicks{}).Ticks(a.Low, a.High) {
			label := ""
			if t.Label != "" {
				if major%(way+1) == 0 {
					label = a.Text(t.Value)
				}
				major++
			}
			ticks = append(ticks, plot.Tick{Value: t.Value, Label: label})
		}
		return ticks
	}
	for power := math.Floor(math.Log10(a.Low)); math.Pow(10, power) <= a.High*1.001; power++ {
		for _, times := range []float64{1, 2, 5} {
			v := times * math.Pow(10, power)
			if v < a.Low*0.999 || v > a.High*1.001 {
				continue
			}
			label := ""
			if way == 0 || times == 1 && int(power)%way == 0 {
				label = a.Text(v)
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: label})
		}
	}
	return ticks
}

// setX makes a the horizontal axis of a plot on c, with the ticks that have the
// most figures for which there is room. What else takes room is set before.
func (a Axis) setX(p *plot.Plot, c draw.Canvas) {
	style := p.X.Tick.Label
	a.set(&p.X, func(ticks plot.ConstantTicks) bool {
		data := p.DataCanvas(c)
		return roomy(ticks, func(v float64) vg.Length { return data.X(p.X.Norm(v)) }, func(label string) vg.Length { return style.Width(label) + 6 })
	})
}

// setY does so for the vertical axis.
func (a Axis) setY(p *plot.Plot, c draw.Canvas) {
	style := p.Y.Tick.Label
	a.set(&p.Y, func(ticks plot.ConstantTicks) bool {
		data := p.DataCanvas(c)
		return roomy(ticks, func(v float64) vg.Length { return data.Y(p.Y.Norm(v)) }, func(label string) vg.Length { return style.Height(label) + 1 })
	})
}

func (a Axis) set(to *plot.Axis, fits func(plot.ConstantTicks) bool) {
	to.Min, to.Max = a.Low, a.High
	if a.Log {
		to.Scale = plot.LogScale{}
	}
	for way := range fullest {
		ticks := a.ticks(way)
		if to.Tick.Marker = ticks; fits(ticks) {
			break
		}
	}
}

// roomy reports whether the figures at ticks are apart.
func roomy(ticks plot.ConstantTicks, at func(float64) vg.Length, length func(string) vg.Length) bool {
	end := vg.Length(math.Inf(-1))
	for _, t := range ticks {
		if t.Label == "" {
			continue
		}
		half := length(t.Label) / 2
		if at(t.Value)-half < end {
			return false
		}
		end = at(t.Value) + half
	}
	return true
}
