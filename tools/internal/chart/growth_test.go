package chart

import (
	"testing"
	"time"
)

func TestGrowth(t *testing.T) {
	g := &Growth{Heading: []string{"a heading"}, What: "on disk", Unit: "MB", Courses: []Course{{Name: "as it is"}, {Name: "plain Go"}, {Name: "hazptr"}}}
	picture(t, g.Write)
	for i := range 100 {
		for c := range g.Courses {
			g.Courses[c].Amounts = append(g.Courses[c].Amounts, Amount{At: time.Duration(i) * 100 * time.Millisecond, Value: float64(i * (2 - c) * 12)})
		}
	}
	mustHave(t, picture(t, g.Write), "a heading", "on disk", "as it is: 2376 MB", "hazptr: 0 MB")
}
