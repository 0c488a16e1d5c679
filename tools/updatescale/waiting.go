package main

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"hazptr/tools/internal/way"
)

// settled is how long the process is left alone after the last update. By then
// everything has been looked at, and what a Holder protects is looked at again
// at the longest interval.
const settled = 100 * time.Millisecond

// A vigil is objects that were replaced, and wait for readers that stay.
type vigil struct {
	figure  string // the processor time meanwhile, as a percentage of one core
	heading string
	objects int
	barrier bool // is waited in
	of      func(way.UpdateType) bool
}

var vigils = []vigil{
	{figure: waitingOne, heading: "1 object", objects: 1, of: leaves},
	{figure: waitingSome, heading: "100", objects: 100, of: leaves},
	{figure: waitingMany, heading: "10,000", objects: 10_000, of: leaves},
	{figure: waitingUpdates, heading: "500 updates", objects: 500, of: func(t way.UpdateType) bool { return t.Waits }},
	{figure: waitingBarrier, heading: "Barrier", objects: 1, barrier: true, of: func(t way.UpdateType) bool { return t.Barrier }},
}

// leaves reports whether an update leaves its object behind, to end by itself
// or, with swap, never: that is what nothing waits for.
func leaves(t way.UpdateType) bool { return t.When != way.Collected && !t.Fence && !t.Waits }

// run returns what the process takes of a core, in percent, while the objects
// wait and nothing else happens. Then the readers leave, and all must end.
func (v *vigil) run(c *options, stock *stock, typ way.UpdateType) (percent float64, err error) {
	made := typ.New
	typ.New = func(c way.Config) way.Ending {
		c.Guards = true
		return made(c)
	}
	s := newSession(c, stock, typ, v.objects, v.objects, nil)
	stay := make([]way.Reader, v.objects)
	if typ.Whole {
		stay = stay[:1]
	}
	for i := range stay {
		stay[i] = s.ending.Join()
		stay[i].Protect(i)
	}
	var waiting sync.WaitGroup
	for i, o := range s.take(v.objects) {
		update := func() {
			s.ending.NewWriter(i).Update(o)
			s.updates.Add(1)
		}
		if typ.Waits {
			waiting.Go(update)
		} else {
			update()
		}
	}
	if v.barrier {
		waiting.Go(func() {
			if err := s.ending.Wait(context.Background()); err != nil {
				s.fail(err)
			}
		})
	}
	debug.FreeOSMemory() // or the runtime would do so bit by bit meanwhile
	time.Sleep(settled)
	before, _ := processTime()
	begun := time.Now()
	time.Sleep(c.Duration)
	after, _ := processTime()
	percent = 100 * float64(after-before) / float64(time.Since(begun))
	for i, r := range stay {
		s.check(s.objects[i])
		r.Clear()
		r.Leave()
	}
	if !within(finished(&waiting), patience) {
		return 0, errors.New("what waits for readers has not returned after they have left")
	}
	return percent, s.close()
}

// waiting finds what it costs that objects wait for their readers.
func (s *series) waiting(r *result, found *run) error {
	if _, told := processTime(); !told {
		return nil
	}
	for _, v := range vigils {
		if !v.of(r.typ) {
			continue
		}
		percent, err := v.run(s.config, &s.stock, r.typ)
		if err != nil {
			return err
		}
		found.set(v.figure, percent)
	}
	return nil
}
