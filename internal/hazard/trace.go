package hazard

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/address"
	"hazptr/internal/check"
)

// traces remembers where hazard pointers were acquired.
var traces = acquisitions{at: map[*Slot]Place{}}

// acquisitions has at most one entry for each slot, that of its last traced
// use.
type acquisitions struct {
	on atomic.Int32 // callers of Trace that have not called Untrace
	mu sync.Mutex
	at map[*Slot]Place
}

// A Place is where a hazard pointer was acquired.
type Place struct {
	slot  *GuardSlot // nil for a Holder's
	turn  uintptr    // of slot; it is another Guard's when it differs
	stack [traceDepth]uintptr
	depth int
}

const (
	traceDepth = 12
	maxPlaces  = 32
)

// Trace remembers where Holders are made and some of the Guards acquired, until
// Untrace has been called as often.
func Trace() { traces.on.Add(1) }

// Untrace undoes one Trace.
func Untrace() { traces.off() }

// Tracing reports whether places are remembered.
func Tracing() bool { return traces.on.Load() != 0 }

// Places returns where those of the slots that were traced were acquired; 32 of
// them at most.
func Places(slots []*Slot) []Place { return traces.of(slots) }

// traceEvery tells of how many Guards one is traced.
func traceEvery() uint64 {
	if check.Enabled {
		return 1
	}
	return 16
}

func (a *acquisitions) off() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.on.Add(-1) == 0 {
		clear(a.at)
	}
}

// guard is called when a Guard was acquired.
func (a *acquisitions) guard(slot *GuardSlot, turn uintptr) {
	// As good as at random: slots and turns often go up together.
	x := address.Hash(uintptr(unsafe.Pointer(slot))) + uint64(turn)*0xD1B54A32D192ED03
	x = (x ^ x>>32) * 0x9E3779B97F4A7C15
	if (x^x>>29)%traceEvery() == 0 {
		a.add(&slot.Slot, Place{slot: slot, turn: turn})
	}
}

// holder is called when a Holder was made.
func (a *acquisitions) holder(slot *Slot) { a.add(slot, Place{}) }

func (a *acquisitions) add(slot *Slot, at Place) {
	at.depth = runtime.Callers(3, at.stack[:])
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.on.Load() > 0 {
		a.at[slot] = at
	}
}

// forget is called when a Holder was closed.
func (a *acquisitions) forget(slot *Slot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.at, slot)
}

// of returns where those of the slots that were traced were acquired.
func (a *acquisitions) of(slots []*Slot) (places []Place) {
	if a.on.Load() == 0 {
		return nil
	}
	// Open and Acquire wait for mu.
	for some := range slices.Chunk(slots, 1024) {
		if places = a.among(some, places); len(places) == maxPlaces {
			break
		}
	}
	return places
}

// among adds to places those where the slots were acquired, up to maxPlaces.
func (a *acquisitions) among(slots []*Slot, places []Place) []Place {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, slot := range slots {
		if len(places) == maxPlaces {
			break
		}
		// A Guard that takes the slot just now makes the turn another one, or
		// has it for the same object.
		if at, traced := a.at[slot]; traced && (at.slot == nil || atomic.LoadUintptr(&at.slot.Turn)&^(turnStep-1) == at.turn) {
			places = append(places, at)
		}
	}
	return places
}

// acquiring matches the functions between a caller's and add.
var acquiring = check.Library(`Acquire\[|Keep\[|NewHolder\[|\(\*(Pointer|Guard)\[`)

// String names the functions, the innermost first.
func (at Place) String() string {
	var b strings.Builder
	frames := runtime.CallersFrames(at.stack[:at.depth])
	for {
		frame, more := frames.Next()
		if frame.Function != "" && frame.Function != "runtime.goexit" && !acquiring.MatchString(frame.Function) {
			if b.Len() > 0 {
				b.WriteString(" < ")
			}
			fmt.Fprintf(&b, "%s (%s:%d)", frame.Function, frame.File, frame.Line)
		}
		if !more {
			return b.String()
		}
	}
}
