package rcu

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
)

// A Stall is a grace period that takes long.
type Stall struct {
	Age time.Duration // since the grace period began

	// For each Reader that holds it up, where NewReader was called: function
	// (file:line).
	Readers []string

	// Reports that were due while the one before this ran, and were not made.
	Dropped int
}

func newStall(age time.Duration, late []late) Stall {
	s := Stall{Age: age}
	for _, r := range late {
		frame, _ := runtime.CallersFrames([]uintptr{r.made}).Next()
		s.Readers = append(s.Readers, fmt.Sprintf("%s (%s:%d)", frame.Function, frame.File, frame.Line))
	}
	return s
}

// String tells the stall in one line.
func (s Stall) String() string {
	text := fmt.Sprintf("for %v by %d readers: %s", s.Age.Round(time.Millisecond), len(s.Readers), strings.Join(s.Readers, ", "))
	if s.Dropped > 0 {
		text += fmt.Sprintf("; %d reports were dropped before", s.Dropped)
	}
	return text
}

// LogValue makes log/slog show the fields.
func (s Stall) LogValue() slog.Value {
	return slog.GroupValue(slog.Duration("age", s.Age), slog.Any("readers", s.Readers), slog.Int("dropped", s.Dropped))
}
