package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// tell prints statistics now and then until over is closed.
func (t *torture) tell(w io.Writer, over <-chan struct{}) {
	if t.Statistics == 0 {
		return
	}
	for ticks := time.Tick(t.Statistics); ; {
		select {
		case <-over:
			return
		case <-ticks:
			t.report(w)
		}
	}
}

// tally returns what all readers have shown.
func (t *torture) tally() tally {
	t.shown.Lock()
	defer t.shown.Unlock()
	return t.shown.tally
}

// report prints the statistics in the kernel's manner.
func (t *torture) report(w io.Writer) {
	sum := t.tally()
	say := func(format string, args ...any) {
		fmt.Fprintf(w, "%s-torture: %s\n", t.typ.Name, fmt.Sprintf(format, args...))
	}
	f := t.failures
	alive := t.pool.Alive()
	say("ver: %d tfle: %d rta: %d rtaf: %d rtf: %d tfe: %d ended: %d held: %d rtmbe: %d rtmbkf: %d rtbe: %d rtbke: %d twice: %d lost: %d rtfp: %d barrier: %d/%d:%d "+
		"stalls: %d/%d n_max_cbs: %d cbs: %d flood:%s wakeups: %d departures: %d onoff: %d shuffles: %d gc: %d traces: %d signals: %d stutters: %d",
		t.replaced.Load(), t.Objects-alive, t.pool.Begun(), t.none.Load(), t.ended.Load(), f.count(kindAge), f.count(kindEnded), f.count(kindHeld), f.count(kindMark), f.count(kindMailbox),
		f.count(kindBarrier), f.count(kindError), f.count(kindTwice), f.count(kindLost), f.count(kindProgress), t.barriers.passed.Load(), t.barriers.tries.Load(), f.count(kindBarrier),
		t.stallReports.Load(), t.stalls.Load(), t.mostCBs.Load(), t.flooded.Load(), t.drained.String(), t.wakened.Load(), t.departures.Load(),
		t.disturbed.onoffs.Load(), t.disturbed.shuffles.Load(), t.disturbed.collections.Load(), t.disturbed.traces.Load(), t.disturbed.signals.Load(), t.stutters.Load())
	mark := ""
	if slices.Max(sum.pipe[2:]) > 0 {
		mark = "!!! "
	}
	say("%sReader Pipe:  %s", mark, numbers(sum.pipe[:]))
	say("Reader Batch:  %s", numbers(sum.batch[:]))
	circulation := []int64{int64(t.pool.Begun())}
	for i := range t.circulation[1:] {
		circulation = append(circulation, t.circulation[1+i].Load())
	}
	say("Free-Block Circulation:  %s", numbers(circulation))
}

func numbers(of []int64) string { return strings.Trim(fmt.Sprint(of), "[]") }
