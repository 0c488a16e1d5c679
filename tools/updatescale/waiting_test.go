package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/internal/long"
	"hazptr/internal/race"
	"hazptr/tools/internal/way"
)

func TestVigil(t *testing.T) {
	long.Only(t, "it watches each type wait")
	for _, typ := range way.Updates() {
		for _, v := range vigils {
			if v.objects = min(v.objects, 20); !v.of(typ) {
				continue
			}
			c := small(typ)
			c.Duration = time.Millisecond
			if percent, err := v.run(c, new(stock), typ); err != nil || percent < 0 {
				t.Errorf("%s, %s: %v, %v", typ.Name, v.figure, percent, err)
			}
		}
	}
}

// Types are measured in what they have: an update that leaves its object to end
// later, or one that waits for it.
func TestVigilsOfTypes(t *testing.T) {
	for name, want := range map[string][]string{
		"hazptr-retire":      {waitingOne, waitingSome, waitingMany, waitingBarrier},
		"hazptr-synchronize": {waitingUpdates},
		"pass-the-buck":      {waitingOne, waitingSome, waitingMany},
		"rcu-call":           {waitingOne, waitingSome, waitingMany, waitingBarrier},
		"rwlock":             {waitingUpdates},
		"gc":                 nil,
		"fence":              nil,
		"swap":               {waitingOne, waitingSome, waitingMany},
	} {
		var got []string
		for _, v := range vigils {
			if v.of(typeNamed(t, name)) {
				got = append(got, v.figure)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
}

func TestAnObjectThatDoesNotWaitIsNoticed(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector notices it, too")
	}
	refcnt := typeNamed(t, "refcnt")
	typ := way.UpdateType{Name: "early", New: func(c way.Config) way.Ending { return early{refcnt.New(c)} }}
	if _, err := vigils[0].run(small(typ), new(stock), typ); err == nil || !strings.Contains(err.Error(), "was read after its end") {
		t.Errorf("error is %v", err)
	}
}

// forgetful is an Ending that forgets what it should end.
type forgetful struct{ way.Ending }

func (forgetful) NewWriter(int) way.Writer { return func(*way.Object) {} }

func TestAnObjectThatWaitsForeverIsNoticed(t *testing.T) {
	typ := typeNamed(t, "refcnt")
	made := typ.New
	typ.New = func(c way.Config) way.Ending { return forgetful{made(c)} }
	if _, err := vigils[0].run(small(typ), new(stock), typ); err == nil || !strings.Contains(err.Error(), "1 objects were replaced, and 0 have ended") {
		t.Errorf("error is %v", err)
	}
}
