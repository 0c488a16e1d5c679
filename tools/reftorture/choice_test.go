package main

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"hazptr/tools/internal/subject"
)

func TestChoicesDependOnTheSeedAndTheName(t *testing.T) {
	first := func(seed int64, name string) (all [50]int) {
		c := newChooser(seed, name)
		for i := range all {
			choice := c.next()
			all[i] = choice.of(1000)*10 + choice.of(10)
		}
		return all
	}
	one, same := first(1, "reader 0"), first(1, "reader 0")
	if one != same {
		t.Error("the same seed and name make other choices")
	}
	if one == first(2, "reader 0") || one == first(1, "reader 1") {
		t.Error("another seed or name makes the same choices")
	}
}

func TestChoicesAreSpread(t *testing.T) {
	c := newChooser(7, "spread").next()
	var n [10]int
	for range 10_000 {
		n[c.of(len(n))]++
	}
	for i, n := range n {
		if n < 800 || n > 1200 {
			t.Errorf("%d of 10000 are %d", n, i)
		}
	}
}

func TestTimesAreOfAnyMagnitude(t *testing.T) {
	c := newChooser(7, "times").next()
	short, long := 0, 0
	for range 10_000 {
		switch d := c.nanoseconds(16, 4096); {
		case d < 16:
			short++
		case d >= 4096:
			t.Fatalf("%v is above all limits", d)
		case d >= 2048:
			long++
		}
	}
	if short < 1000 || long < 300 {
		t.Errorf("%d of 10000 are short, %d long", short, long)
	}
}

// Two runs with one seed make the same choices, however far each of their
// actors comes.
func TestTwoRunsMakeTheSameChoices(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	typ, err := subject.Named("hazptr")
	if err != nil {
		t.Fatal(err)
	}
	made := func(seed int64) map[string][]uint64 {
		o, err := reftorture.Parse(strings.Fields(fmt.Sprint("-seed ", seed, " -duration 300ms -stat-interval 0s -wakeup-duration 0s -stutter 0s -stall-duration 50ms -patience 1m -scenes everything")), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		torture, err := newTorture(o, typ)
		if err != nil {
			t.Fatal(err)
		}
		torture.record = make(map[string][]uint64)
		if v := torture.run(io.Discard); !v.Success {
			t.Fatalf("%+v", v)
		}
		return torture.record
	}
	one, two, other := made(11), made(11), made(12)
	compared, differ := 0, 0
	for name, choices := range one {
		for i := range min(len(choices), len(two[name])) {
			compared++
			if choices[i] != two[name][i] {
				t.Fatalf("choice %d of %s is %#x and %#x", i, name, choices[i], two[name][i])
			}
			if i < len(other[name]) && choices[i] != other[name][i] {
				differ++
			}
		}
	}
	if compared < 100 || differ == 0 {
		t.Errorf("%d choices of %d actors compared, %d differ with another seed", compared, len(one), differ)
	}
}
