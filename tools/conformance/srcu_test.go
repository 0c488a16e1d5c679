package conformance

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"hazptr/srcu"
)

// Readers may block in a section, for long, and are waited for
// (Documentation/RCU/whatisRCU.rst: "SRCU ... may sleep";
// include/linux/srcu.h).
func TestSRCUReadersSleep(t *testing.T) {
	d := srcu.New()
	inside, wake := make(chan struct{}), make(chan struct{})
	reader := background(func() {
		section := d.ReadLock()
		close(inside)
		<-wake
		time.Sleep(time.Millisecond)
		d.ReadUnlock(section)
	})
	receive(t, inside)
	done := succeeds(t, d.Synchronize)
	waits(t, "Synchronize returns, and a reader sleeps inside", done)
	close(wake)
	happens(t, "Synchronize returns", done)
	happens(t, "the reader returns", reader)
}

// Sections of one goroutine may end in any order (include/linux/srcu.h,
// srcu_down_read: "may be nested"; srcu: each has a Token of its own).
func TestSRCUSectionsEndInAnyOrder(t *testing.T) {
	d := srcu.New()
	var sections []srcu.Token
	for i := range 20 {
		sections = append(sections, d.ReadLock())
		if i == 10 { // some in either index
			if err := d.Synchronize(within(t, time.Millisecond)); err == nil {
				t.Error("Synchronize returns, and ten are inside")
			}
		}
	}
	done := succeeds(t, d.Synchronize)
	rand.Shuffle(len(sections), func(i, j int) { sections[i], sections[j] = sections[j], sections[i] })
	for i, section := range sections {
		if i == 7 || i == len(sections)-1 {
			waits(t, "Synchronize returns, and a section stays", done)
		}
		d.ReadUnlock(section)
	}
	happens(t, "Synchronize returns", done)
}

// A section may end in another goroutine, on another P, also on one that did
// not exist before ("the matching srcu_up_read() can be invoked from some other
// context": srcu_down_read).
func TestSRCUUnlockElsewhere(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	d := srcu.New()
	for round := range 10 {
		sections := make(chan srcu.Token, 200)
		var lockers, unlockers sync.WaitGroup
		for range 4 {
			lockers.Go(func() {
				for range cap(sections) / 4 {
					sections <- d.ReadLock()
				}
			})
		}
		returns(t, &lockers)
		if err := d.Synchronize(within(t, time.Millisecond)); err == nil {
			t.Error("Synchronize returns, and two hundred are inside")
		}
		runtime.GOMAXPROCS(1 + (procs+round)%(procs+4))
		close(sections)
		for range 4 {
			unlockers.Go(func() {
				for section := range sections {
					d.ReadUnlock(section)
				}
			})
		}
		returns(t, &unlockers)
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
	}
}

// A Token may be copied and sent on. Which copy is given back makes no
// difference (srcu: Token).
func TestSRCUTokenIsAValue(t *testing.T) {
	d := srcu.New()
	section := d.ReadLock()
	copied := section
	done := succeeds(t, d.Synchronize)
	waits(t, "Synchronize returns, and one is inside", done)
	d.ReadUnlock(copied)
	happens(t, "Synchronize returns", done)
}

// In a read section another domain's grace period may be waited for (srcu:
// Domain).
func TestSRCUSynchronizeInASectionOfAnotherDomain(t *testing.T) {
	d, other := srcu.New(), srcu.New()
	section := d.ReadLock()
	happens(t, "Synchronize of another domain returns", succeeds(t, other.Synchronize))
	happens(t, "Barrier of the same one, without callbacks, returns", succeeds(t, d.Barrier))
	d.ReadUnlock(section)
	happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
}

// The zero Token panics. A second ReadUnlock of a Token is found by the next
// grace period, on the goroutine that synchronizes (srcu: ReadUnlock).
func TestSRCUMisuse(t *testing.T) {
	const twice = "srcu: ReadUnlock of a Token that had been given to ReadUnlock already"
	d := srcu.New()
	mustPanic(t, "srcu: ReadUnlock of a Token that ReadLock did not return", func() { d.ReadUnlock(srcu.Token{}) })
	happens(t, "Synchronize returns", succeeds(t, d.Synchronize))

	for _, before := range []int{0, 1} { // sections of either index
		d := srcu.New()
		for range before {
			happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		}
		section := d.ReadLock()
		d.ReadUnlock(section)
		if foundAtOnce(d, section) {
			continue
		}
		for range 2 { // nor is it forgotten
			mustPanic(t, twice, func() { _ = d.Synchronize(within(t, soon)) })
		}
	}
}

// foundAtOnce gives ReadUnlock a Token that it has had, and reports whether
// that panics, as it does with -tags hazptr_debug.
func foundAtOnce(d *srcu.Domain, section srcu.Token) (found bool) {
	defer func() { found = recover() != nil }()
	d.ReadUnlock(section) //hazptrvet:ignore this is what must be found
	return false
}

// Where a callback wants the grace period, that panic ends the program (srcu:
// ReadUnlock).
func TestSRCUDoubleUnlockEndsTheProgramOfACall(t *testing.T) {
	endsProgram(t, "srcu: ReadUnlock of a Token that had been given to ReadUnlock already", func() {
		d := srcu.New()
		section := d.ReadLock()
		d.ReadUnlock(section)
		d.ReadUnlock(section) //hazptrvet:ignore this is what must be found
		d.Call(func() {})
	})
}
