package latency

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// A Timeline keeps the longest of the durations that end in each slice of
// time. A slice is a millisecond, and twice as long whenever there are more
// than a Timeline has room for. It belongs to one goroutine.
type Timeline struct {
	begun   time.Time
	slice   time.Duration
	longest [slots]time.Duration // 0 where none ended
}

// slots are as many as a picture can show.
const slots = 4096

// NewTimeline returns a Timeline that begins at a time, with nothing recorded.
func NewTimeline(begun time.Time) *Timeline {
	return &Timeline{begun: begun, slice: time.Millisecond}
}

// Record notes a duration that ended at a time, which is not before the
// Timeline begins.
func (t *Timeline) Record(ended time.Time, d time.Duration) {
	at := ended.Sub(t.begun)
	for at >= slots*t.slice {
		t.double()
	}
	i := at / t.slice
	t.longest[i] = max(t.longest[i], d, 1)
}

// double makes each two slices one.
func (t *Timeline) double() {
	for i := range slots / 2 {
		t.longest[i] = max(t.longest[2*i], t.longest[2*i+1])
	}
	clear(t.longest[slots/2:])
	t.slice *= 2
}

// Merge adds what other has recorded, which begins at the same time.
func (t *Timeline) Merge(other *Timeline) {
	for t.slice < other.slice {
		t.double()
	}
	for i, d := range other.longest {
		at := time.Duration(i) * other.slice / t.slice
		t.longest[at] = max(t.longest[at], d)
	}
}

// All yields, for each slice in which one ended, when it did, from the
// Timeline's begin, and the longest duration.
func (t *Timeline) All() iter.Seq2[time.Duration, time.Duration] {
	return func(yield func(ended, longest time.Duration) bool) {
		for i, d := range t.longest {
			if d > 0 && !yield(time.Duration(i+1)*t.slice, d) {
				return
			}
		}
	}
}

// MarshalText encodes the Timeline but for the time at which it begins: the
// length of a slice, and the longest duration of each, in ns.
func (t *Timeline) MarshalText() ([]byte, error) {
	text, last := strconv.AppendInt(nil, int64(t.slice), 10), 0
	for i, d := range t.longest {
		if d > 0 {
			text = append(text, strings.Repeat(" 0", i-last)...)
			text = fmt.Appendf(text, " %d", d)
			last = i + 1
		}
	}
	return text, nil
}

// UnmarshalText decodes what MarshalText has encoded.
func (t *Timeline) UnmarshalText(text []byte) error {
	var read Timeline
	for i, word := range strings.Fields(string(text)) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil || n < 0 || i > slots || i == 0 && n == 0 {
			return fmt.Errorf("word %d of a timeline is %q", i+1, word)
		}
		if i == 0 {
			read.slice = time.Duration(n)
		} else {
			read.longest[i-1] = time.Duration(n)
		}
	}
	if read.slice == 0 {
		return fmt.Errorf("a timeline is empty")
	}
	*t = read
	return nil
}
