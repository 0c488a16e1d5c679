package chart

import (
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
)

// An axis has as many figures as have room.
func TestTicks(t *testing.T) {
	linear := Axis{High: 3e9, Text: Time}
	for _, c := range []struct {
		axis Axis
		room float64 // of the axis, for figures of 20 points each
		want string
	}{
		{Times(time.Microsecond, time.Millisecond), 500, "1 µs 2 µs 5 µs 10 µs 20 µs 50 µs 100 µs 200 µs 500 µs 1 ms"},
		{Times(time.Microsecond, time.Millisecond), 100, "1 µs 10 µs 100 µs 1 ms"},
		{Times(time.Microsecond, time.Millisecond), 55, "10 µs 1 ms"},
		{Times(100*time.Nanosecond, 100*time.Second), 70, "1 µs 1 ms 1 s"},
		{linear, 100, "0 1 s 2 s 3 s"},
		{linear, 50, "0 2 s"},
		{Share(), 100, "0% 50% 100%"},
	} {
		var words []string
		for way := range fullest {
			words = nil
			ticks := c.axis.ticks(way)
			for _, tick := range ticks {
				if tick.Label != "" {
					words = append(words, tick.Label)
				}
			}
			// The figures are as far apart as their values, or as their
			// logarithms.
			n := 0.0
			place := func(float64) vg.Length { n++; return vg.Length(n * c.room / float64(max(1, len(words)-1))) }
			if roomy(ticks, place, func(string) vg.Length { return 20 }) {
				break
			}
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%v on %v points: %s, want %s", c.axis, c.room, got, c.want)
		}
	}
}
