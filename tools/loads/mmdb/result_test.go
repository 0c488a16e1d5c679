package main

import (
	"testing"
	"time"

	"hazptr/tools/loads/internal/latency"
)

func TestCompareByRound(t *testing.T) {
	round := func(lookups int) *figures {
		f := &figures{elapsed: time.Second, lookups: latency.NewHistogram(), reloads: latency.NewHistogram(), outlived: latency.NewHistogram()}
		for range lookups {
			f.lookups.Record(time.Microsecond)
		}
		return f
	}
	// The machine is ten times slower in the second round.
	found := map[string][]*figures{
		"hazptr":  {round(1000), round(100), round(1000)},
		"rwmutex": {round(500), round(50), round(600)},
	}
	results := []result{resultOf("rwmutex", found["rwmutex"]), resultOf("hazptr", found["hazptr"])}
	compare(results, found)
	if s := results[0].ToHazptr; s.Median != 0.5 || s.Min != 0.5 || s.Max != 0.6 {
		t.Errorf("rwmutex to hazptr: %+v", *s)
	}
	if s := results[1].ToHazptr; s.Median != 1 {
		t.Errorf("hazptr to hazptr: %+v", *s)
	}
	if s := results[0].LookupsPerSec; s.Median != 500 || s.Min != 50 || s.Max != 600 {
		t.Errorf("rwmutex: %+v", *s)
	}

	delete(found, "hazptr")
	results = []result{resultOf("rwmutex", found["rwmutex"])}
	compare(results, found)
	if results[0].ToHazptr != nil {
		t.Error("compared with nothing")
	}
}
