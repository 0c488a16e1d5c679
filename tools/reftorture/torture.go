package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/perproc"
	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// A torture is one run of one type.
type torture struct {
	*options
	typ      subject.Type
	subject  subject.Subject
	retirer  subject.Retirer // subject, if it is one
	pool     *mortal.Pool
	late     *lateness
	stage    *stage
	failures *failures
	actors   sync.WaitGroup
	stop     atomic.Bool

	// Of each reader, the last letter's number.
	letters [mortal.MaxReaders]atomic.Uint64

	bursting    atomic.Int64
	burstNumber int

	unlinks, ended, replaced, none atomic.Int64

	// What the order writer has unlinked. It alone writes to the cache line, so
	// to count gives readers' stores no time.
	atOnce struct {
		_       [perproc.CacheLine]byte
		unlinks atomic.Int64
		_       [perproc.CacheLine]byte
	}

	// Objects that have come to each age.
	circulation [ages]atomic.Int64

	barriers                       struct{ tries, passed atomic.Int64 }
	mostCBs, flooded, wakened      atomic.Int64
	departures                     atomic.Int64
	stalls, stallReports, stutters atomic.Int64
	disturbed                      disturbed
	drained                        durations // how long floods took to drain
	nap                            int       // idle loop's turns in 1µs

	// shown is what readers have counted. Its lock is no updater's: the
	// mechanism alone is to order readers and updaters.
	shown struct {
		sync.Mutex
		tally
	}

	mu sync.Mutex // guards what follows

	// The highest number of each reader's letters that an ended object has
	// brought.
	known [mortal.MaxReaders]uint64

	digest  uint64
	digests int

	// The choices of each actor, for tests; nil if they are not wanted.
	record map[string][]uint64

	stalled   uintptr
	stallTold bool
}

// The numbers of the actors that read: readers first, then readers that come
// and go, readers of the order and crowd scenes, the one of the leave scene,
// and users of structures.
const (
	handActors     = 6
	firstHandActor = mortal.MaxReaders - handActors
	leavingReader  = firstHandActor - 1

	orderReaders     = 7
	firstOrderReader = leavingReader - orderReaders
	firstBurstReader = 32
	mostBurst        = firstOrderReader - firstBurstReader
)

func newTorture(o *options, typ subject.Type) (*torture, error) {
	t := &torture{options: o, typ: typ, stage: newStage()}
	t.failures = newFailures(func() {
		if !o.KeepGoing {
			t.finish()
		}
	})
	var err error
	if t.late, err = newLateness(); err != nil {
		return nil, fmt.Errorf("no memory for late stores: %w", err)
	}
	if t.pool, err = mortal.NewPool(o.Objects); err != nil {
		return nil, err
	}
	t.subject = typ.New(subject.Config{Cells: o.Cells + 1 + leavingCells, StallAfter: o.StallFor / 4, OnStall: t.stallReported})
	t.retirer, _ = t.subject.(subject.Retirer)
	t.nap = measureNap()
	return t, nil
}

// finish makes every actor leave.
func (t *torture) finish() {
	t.stop.Store(true)
	t.stage.set(0)
}

// run tortures the type and returns the verdict. Statistics go to w.
func (t *torture) run(w io.Writer) *verdict {
	begun := time.Now()
	end := begun.Add(t.Duration)
	for i := range t.Readers {
		t.act(name("reader", i), groupReaders, func(a *actor) { t.read(a, i, -1) })
	}
	for i := range orderReaders {
		scenes := groupCrowd
		if i < max(1, runtime.GOMAXPROCS(0)-1) {
			scenes |= groupOrder
		}
		t.act(name("order reader", i), scenes, func(a *actor) { t.readLate(a, firstOrderReader+i) })
	}
	t.act("order writer", groupOrder|groupCrowd, t.writeAtOnce)
	t.act("leaver", groupLeave, t.leaveAll)
	for i := range t.Writers {
		t.act(name("writer", i), groupWriters, t.write)
	}
	for i := range t.Fakes {
		t.act(name("fake writer", i), groupFakes, t.fake)
	}
	var drains []func(*hands)
	if t.retirer != nil {
		l, s, q := t.newList(), &stack{t: t}, t.newQueue()
		t.act("list writer", groupHands, l.update)
		for i, user := range []struct {
			name          string
			turns, pauses int
			do            func(*hands, *choice)
		}{
			{"list reader", 16, 8, func(w *hands, _ *choice) { l.walk(w) }},
			{"stack user", 64, 4, s.use},
			{"queue user", 64, 4, q.use},
		} {
			for n := range 2 {
				t.act(name(user.name, n), groupHands, func(a *actor) { t.use(a, firstHandActor+2*i+n, user.turns, user.pauses, user.do) })
			}
		}
		drains = append(drains, func(*hands) { l.drain() }, s.drain, q.drain)
	}
	t.act("barrier", groupCallbacks, t.barrier)
	t.act("flood", groupCallbacks, t.floods)
	t.act("stall", groupCallbacks, t.stall)
	var beside sync.WaitGroup
	over := make(chan struct{})
	environment := t.disturb(&beside, over)
	beside.Go(func() { t.tell(w, over) })
	t.direct(end, environment)
	t.finish()
	close(over)
	beside.Wait()
	environment.restore()
	whole := t.curtain(drains)
	v := t.verdict(time.Since(begun), whole)
	t.report(w)
	return v
}

// curtain waits for the actors, ends everything and looks whether it has ended.
// It reports whether it came so far.
func (t *torture) curtain(drains []func(*hands)) bool {
	gone := make(chan struct{})
	go func() {
		t.actors.Wait()
		close(gone)
	}()
	wait := t.Patience
	if t.failures.any() {
		wait = time.Second // what has failed may hold up others
	}
	select {
	case <-gone:
	case <-time.After(wait):
		if !t.failures.any() {
			t.failures.add(kindProgress, "director", "actors do not leave: "+strings.Join(t.stage.left(), ", "), stacks())
		}
		return false
	}
	if t.failures.any() {
		return false
	}
	if t.retirer != nil {
		w := t.newHands(&actor{t: t, name: "drain", chooser: newChooser(t.Seed, "drain")}, firstHandActor)
		for _, drain := range drains {
			drain(w)
		}
		w.Close()
	}
	way := t.subject.Ways()[0]
	for cell := range t.Cells + 1 + leavingCells {
		way.Replace(cell, nil, t.unlinked, t.end)
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.Patience)
	defer cancel()
	if err := t.subject.Close(ctx); err != nil {
		t.failures.add(kindLost, "director", err.Error(), nil)
		return false
	}
	if n := t.pool.Alive(); n != 0 && !t.failures.any() {
		t.failures.add(kindLost, "director", fmt.Sprintf("%d objects have not ended when all is over", n), nil)
	}
	return true
}

// stacks returns what all goroutines do.
func stacks() []string {
	text := make([]byte, 1<<16)
	return strings.Split(string(text[:runtime.Stack(text, true)]), "\n")
}
