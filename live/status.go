package live

import (
	"fmt"
	"strings"
	"time"

	"hazptr/internal/hazard"
)

// A Status tells how a Value or a Plain is doing.
type Status struct {
	Name string // Options.Name

	Generation uint64    // number of the present value, from 1; 0: none
	Since      time.Time // when it was published

	Loading     time.Time // since when a Load runs or waits; zero if none does
	Held        bool      // that Load waits for MaxOld
	Loads       int64     // that have returned
	Failures    int64     // of these
	Err         error     // of the last Load; nil if it went well
	LastSuccess time.Time // when a Load last went well, ErrUnchanged included

	OldCount      int       // replaced values that are not closed
	Old           []Old     // 64 of them at most, the oldest first
	LastClosed    time.Time // when a value was last closed
	CloseFailures int64     // calls of Options.Close that returned an error

	Problems []string // with triggers, at present
	Closed   bool     // Close or Shutdown was called
}

// String tells it in one line.
func (s Status) String() string {
	said := []string{"no value"}
	if s.Generation > 0 {
		said[0] = fmt.Sprintf("generation %d since %s", s.Generation, s.Since.Format(time.RFC3339))
	}
	if s.Closed {
		said[0] = "closed"
	}
	switch {
	case s.Held:
		said = append(said, "a Load waits for MaxOld")
	case !s.Loading.IsZero():
		said = append(said, "a Load runs since "+s.Loading.Format(time.RFC3339))
	}
	if s.Loads > 0 {
		said = append(said, fmt.Sprintf("loads: %d, failed: %d", s.Loads, s.Failures))
	}
	if s.Err != nil {
		said = append(said, "the last: "+strings.ReplaceAll(s.Err.Error(), "\n", "; "))
	}
	if s.OldCount > 0 {
		old := fmt.Sprintf("not closed: %d", s.OldCount)
		if len(s.Old) > 0 {
			old += fmt.Sprintf(", the oldest: %v", s.Old[0])
		}
		said = append(said, old)
	}
	if s.CloseFailures > 0 {
		said = append(said, fmt.Sprintf("failures of Close: %d", s.CloseFailures))
	}
	return fmt.Sprintf("%q: %s", s.Name, strings.Join(append(said, s.Problems...), "; "))
}

// An Old is a replaced value that is not closed.
type Old struct {
	Generation uint64
	Replaced   time.Time // or taken away by Close, or made after Close
	Closing    bool      // Options.Close has not returned
	Users      int       // at present; 0 and not Closing: it waits to be closed
	Acquired   []string  // where, with Options.Trace

	taken   bool // not replaced: see generation
	address uintptr
}

const maxOldShown = 64

// String tells it in one line.
func (o Old) String() string {
	out := "replaced"
	if o.taken {
		out = "taken away by Close"
	}
	s := fmt.Sprintf("generation %d, %s %v ago, ", o.Generation, out, time.Since(o.Replaced).Round(time.Millisecond))
	switch {
	case o.Closing:
		return s + "is being closed"
	case o.Users == 0:
		return s + "waits to be closed"
	case o.Users == 1:
		s += "has 1 user"
	default:
		s += fmt.Sprintf("has %d users", o.Users)
	}
	if len(o.Acquired) > 0 {
		s += ": " + strings.Join(o.Acquired, ", ")
	}
	return s
}

// late is what is logged of one that stays.
func (o Old) late() string {
	if o.taken {
		return "live: the last value is still in use"
	}
	return "live: a replaced value is still in use"
}

// untraced stands where Old.Acquired would.
const untraced = "unknown without Options.Trace"

// Status tells how v is doing. It takes some microseconds, and more where many
// replaced values are in use. Users of the present value are not counted: that
// nothing counts them is what makes Do cheap.
func (v *Value[T]) Status() Status {
	mustBeMade(v.options.Name, "Status", unmadeValue)
	var s Status
	v.reloader.tell(&s)
	v.generations.tell(&s)
	s.CloseFailures = v.failed.count()
	v.count(s.Old)
	return s
}

// count fills in the users of each.
func (v *Value[T]) count(old []Old) {
	if len(old) == 0 {
		return
	}
	var addresses []uintptr
	for i := range old {
		o := &old[i]
		addresses = append(addresses, o.address)
		if v.users == nil {
			continue
		}
		for _, u := range v.users.of(o.Generation) {
			o.Users++
			o.Acquired = append(o.Acquired, u.place())
		}
	}
	if v.users == nil {
		for i, n := range hazard.Count(addresses) {
			old[i].Users = n
		}
	}
}
