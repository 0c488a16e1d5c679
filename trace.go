package hazptr

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// traces remembers where hazard pointers were acquired, while a domain with Config.Trace is open.
var traces = acquisitions{at: map[*uintptr]acquisition{}}

// acquisitions has at most one entry for each slot, that of its last traced use.
type acquisitions struct {
	on atomic.Int32 // open domains that want them
	mu sync.Mutex
	at map[*uintptr]acquisition
}

type acquisition struct {
	slot  *guardSlot // nil for a Holder's
	turn  uintptr    // of slot; it is another Guard's when it differs
	stack [traceDepth]uintptr
	depth int
}

const (
	traceDepth = 12
	maxPlaces  = 32 // that a Stall tells
)

// off is called when a domain that wanted traces is closed.
func (a *acquisitions) off() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.on.Add(-1) == 0 {
		clear(a.at)
	}
}

// guard is called when a Guard was acquired.
func (a *acquisitions) guard(slot *guardSlot, turn uintptr) {
	// As good as at random: slots and turns often go up together.
	x := hash(uintptr(unsafe.Pointer(slot))) + uint64(turn)*0xD1B54A32D192ED03
	x = (x ^ x>>32) * 0x9E3779B97F4A7C15
	if (x^x>>29)%traceEvery == 0 {
		a.add(&slot.hazard, acquisition{slot: slot, turn: turn})
	}
}

// holder is called when a Holder was made.
func (a *acquisitions) holder(slot *holderSlot) { a.add(&slot.hazard, acquisition{}) }

func (a *acquisitions) add(hazard *uintptr, at acquisition) {
	at.depth = runtime.Callers(2, at.stack[:])
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.on.Load() > 0 {
		a.at[hazard] = at
	}
}

// forget is called when a Holder was closed.
func (a *acquisitions) forget(slot *holderSlot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.at, &slot.hazard)
}

// of returns where those of the slots that were traced were acquired.
func (a *acquisitions) of(slots []*uintptr) (places []acquisition) {
	if a.on.Load() == 0 {
		return nil
	}
	for some := range slices.Chunk(slots, 1024) { // NewHolder and Acquire wait for mu
		if places = a.among(some, places); len(places) == maxPlaces {
			break
		}
	}
	return places
}

// among adds to places those where the slots were acquired, up to maxPlaces.
func (a *acquisitions) among(slots []*uintptr, places []acquisition) []acquisition {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, hazard := range slots {
		if len(places) == maxPlaces {
			break
		}
		// A Guard that takes the slot just now makes the turn another one, or has it for the same object.
		if at, traced := a.at[hazard]; traced && (at.slot == nil || atomic.LoadUintptr(&at.slot.turn) == at.turn) {
			places = append(places, at)
		}
	}
	return places
}

// own returns what matches the functions of this package that names matches.
// The runtime writes the package's path before the name, with escapes; a copy
// of the package has another path.
func own(names string) *regexp.Regexp {
	path := strings.TrimSuffix(runtime.FuncForPC(reflect.ValueOf(kindName).Pointer()).Name(), ".kindName")
	return regexp.MustCompile(`^` + regexp.QuoteMeta(path) + `\.(` + names + `)`)
}

// acquiring matches the functions between a user's and add.
var acquiring = own(`acquire$|Acquire\[|NewHolder\[|\(\*Pointer\[|\(\*acquisitions\)`)

// String names the functions, the innermost first.
func (at acquisition) String() string {
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
