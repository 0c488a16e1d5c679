package latency

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
)

// list returns what a Timeline yields.
func list(t *Timeline) (all [][2]time.Duration) {
	for ended, longest := range t.All() {
		all = append(all, [2]time.Duration{ended, longest})
	}
	return all
}

func TestTimeline(t *testing.T) {
	begun := time.Now()
	line := NewTimeline(begun)
	for _, r := range [][2]time.Duration{{0, 0}, {2500 * time.Microsecond, 7}, {2999 * time.Microsecond, 9}, {2 * time.Millisecond, 8}} {
		line.Record(begun.Add(r[0]), r[1])
	}
	want := [][2]time.Duration{{time.Millisecond, 1}, {3 * time.Millisecond, 9}}
	if got := list(line); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%v, want %v", got, want)
	}
	// It has room for any time, at the price of detail.
	line.Record(begun.Add(slots*time.Millisecond), 5)
	want = [][2]time.Duration{{2 * time.Millisecond, 1}, {4 * time.Millisecond, 9}, {(slots + 2) * time.Millisecond, 5}}
	if got := list(line); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%v, want %v", got, want)
	}
}

// Timelines of several goroutines come to what one of them all would have.
func TestTimelineMerge(t *testing.T) {
	begun := time.Now()
	all, parts := NewTimeline(begun), []*Timeline{NewTimeline(begun), NewTimeline(begun), NewTimeline(begun)}
	random := rand.New(rand.NewPCG(1, 1))
	for range 10_000 {
		i := random.IntN(len(parts))
		ended, d := begun.Add(time.Duration(random.Int64N(int64(10*time.Second)>>i))), time.Duration(random.Int64N(1e9))
		all.Record(ended, d)
		parts[i].Record(ended, d)
	}
	sum := NewTimeline(begun)
	for _, part := range []*Timeline{parts[2], parts[0], parts[1]} {
		sum.Merge(part)
	}
	if *sum != *all {
		t.Error("what was merged differs from what was recorded together")
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var read Timeline
	if err := json.Unmarshal(text, &read); err != nil || read.longest != all.longest || read.slice != all.slice {
		t.Errorf("%v: read another Timeline of %d bytes", err, len(text))
	}
}

func TestTimelineText(t *testing.T) {
	for _, bad := range []string{"", "0", "-1", "x", "1000 y", "1000 -1"} {
		if err := new(Timeline).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
