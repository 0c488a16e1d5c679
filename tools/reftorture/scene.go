package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hazptr/tools/internal/program"
)

// A scene is which actors appear together. With all of them at once on a few
// cores, none would come to much.
type scene struct {
	name   string
	groups group
	weight int // of the time
}

var scenes = []scene{
	{"order", groupOrder, 9},
	{"crowd", groupCrowd, 2},
	{"leave", groupLeave, 2},
	{"read", groupReaders | groupWriters, 4},
	{"structures", groupHands | groupWriters, 2},
	{"callbacks", groupReaders | groupCallbacks | groupFakes, 3},
	{"everything", everybody, 2},
}

// A sceneList is some of the scenes.
type sceneList []scene

// UnmarshalText reads names with commas between, or "all".
func (l *sceneList) UnmarshalText(text []byte) (err error) {
	*l, err = program.Select(string(text), "scene", scenes, func(s scene) string { return s.name })
	return err
}

// direct changes the scenes until the time is over or something has failed.
func (t *torture) direct(end time.Time, e *environment) {
	c := newChooser(t.Seed, "director")
	chosen, weights := t.Scenes, 0
	for _, s := range chosen {
		weights += s.weight
	}
	pause, leave, emptied := time.Now().Add(t.Stutter/4), slices.IndexFunc(chosen, func(s scene) bool { return s.groups == groupLeave }), false
	for !t.stop.Load() && time.Now().Before(end) {
		choice := c.next()
		n := choice.of(weights)
		i := 0
		for ; n >= chosen[i].weight; i++ {
			n -= chosen[i].weight
		}
		if emptied && leave >= 0 {
			i = leave // no actor of another scene is still there
		}
		switch chosen[i].groups {
		case groupOrder, groupLeave:
			e.calm() // what these are about needs two that run at the same time
		case groupCrowd:
			e.crowd()
		default:
			e.disturb()
		}
		t.stage.set(chosen[i].groups)
		length := time.Duration(200+choice.of(800)) * time.Millisecond
		for over := time.Now().Add(min(length, time.Until(end))); time.Now().Before(over) && !t.stop.Load(); {
			if chosen[i].groups&groupBursts != 0 {
				t.bursts()
			}
			time.Sleep(10 * time.Millisecond)
		}
		emptied = t.Stutter > 0 && time.Now().After(pause) && !t.stop.Load()
		if emptied {
			t.empty(c)
			pause = time.Now().Add(t.Stutter)
		}
	}
	if !t.stop.Load() {
		t.empty(c)
	}
}

// empty empties the stage: then everything that has been unlinked must end, and
// soon.
func (t *torture) empty(c *chooser) {
	t.stage.set(0)
	if !t.eventually(func() bool { return len(t.stage.left()) == 0 || t.stop.Load() }) {
		t.failures.add(kindProgress, "director", fmt.Sprintf("%v after they were told to stop there are on the stage: %s",
			t.Patience, strings.Join(t.stage.left(), ", ")), stacks())
		return
	}
	if !t.eventually(func() bool { return t.pending() == 0 || t.stop.Load() }) {
		t.failures.add(kindLost, "director", fmt.Sprintf("%d objects have not ended %v after the last reader has left", t.pending(), t.Patience), nil)
		return
	}
	if !t.stop.Load() {
		t.wakeups(c)
		t.stutters.Add(1)
	}
}

// bursts starts some readers that come and go.
func (t *torture) bursts() {
	if t.Burst == 0 || t.bursting.Load() > 0 {
		return
	}
	for i := range t.Burst {
		t.burstNumber++
		t.bursting.Add(1)
		number, steps := firstBurstReader+i, 1+t.burstNumber%13
		t.act(name("burst reader", t.burstNumber), groupBursts, func(a *actor) {
			defer t.bursting.Add(-1)
			t.read(a, number, steps)
		})
	}
}
