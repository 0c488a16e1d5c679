package chart

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
)

// side has reads of some µs, but for one that took so long.
func side(name string, held time.Duration) Side {
	begun := time.Unix(100, 0)
	s := Side{Name: name, Times: latency.NewTimeline(begun), All: latency.NewHistogram()}
	random := rand.New(rand.NewPCG(3, uint64(held)))
	for now := begun; now.Sub(begun) < 3*time.Second; {
		took := time.Duration(100 + random.ExpFloat64()*5e4)
		if at := now.Sub(begun); at > time.Second && at < time.Second+5*time.Millisecond {
			took = max(took, held)
		}
		now = now.Add(took)
		s.Times.Record(now, took)
		s.All.Record(took)
	}
	return s
}

func TestStall(t *testing.T) {
	before, plain, after := side("as it is", time.Second), side("plain Go", 200*time.Millisecond), side("hazptr", 0)
	nothing := Side{Name: "nothing", Times: latency.NewTimeline(time.Now()), All: latency.NewHistogram()}
	for _, sides := range [][]Side{{before, after}, {before, plain, side("a third", time.Minute), after}, {after}, {nothing, nothing}, {nothing, after}} {
		s := &Stall{Heading: []string{"a heading"}, Reads: "Gets", Sides: sides}
		svg := picture(t, s.Write)
		mustHave(t, svg, "a heading", "time spent in Gets of at most", sides[0].Name)
		if len(sides) == 2 && sides[0].Name == "as it is" {
			mustHave(t, svg, "1.00 s")
		}
		// It can be drawn from its JSON.
		text, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		var read Stall
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if again := picture(t, read.Write); again != svg {
			t.Error("another picture comes of its JSON")
		}
	}
}

// Readers that are held up together have blocks over each other, whose texts
// are apart.
func TestManyAreHeldUp(t *testing.T) {
	s := side("as it is", time.Second)
	for at := range 30 {
		took := 700 * time.Millisecond
		s.Times.Record(time.Unix(101, int64(at)*40e6), took)
		s.All.Record(took)
	}
	picture(t, (&Stall{Reads: "Gets", Sides: []Side{s, s}}).Write)
}
