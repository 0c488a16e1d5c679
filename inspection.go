package hazptr

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// An Inspection shows what is pending in a domain, to find what keeps it.
type Inspection struct {
	// What is pending, by type. The type with the oldest object comes first.
	Types []PendingType

	Oldest []Stall // the oldest objects, whatever their age; the oldest first

	// At least the last five minutes. A domain without a name has none.
	Recent []Second
}

// A PendingType tells what is pending of one type.
type PendingType struct {
	// The type, as in "*main.Database". It is "" for objects that workers have
	// in hand, which nothing can look into.
	Type string

	Objects   int64
	Bytes     int64 // as given to RetireIn
	Protected int64 // of Objects, protected by hazard pointers

	// Age of the oldest, counted from the first scan that could see it.
	Oldest time.Duration
}

// A Second tells how many objects were pending in a domain during one second,
// as far as scans had seen them.
type Second struct {
	Begin time.Time
	Most  int64 // at once

	// When the second ended, and until the next Second begins. In the present
	// second, what is pending now.
	End int64
}

// Inspect counts all that is pending by type, and tells of the oldest objects,
// but of no more than most of them. Which reclaim functions run is known only
// with Config.StallAfter, where their hazard pointers were acquired only with
// Config.Trace.
//
// An object that is pending all the while is counted once. One that is retired
// or reclaimed while Inspect runs may be counted or not, so in a domain at work
// the sum of Types may differ from [Stats].Pending.
//
// It may be called by any goroutine. It takes some nanoseconds for each pending
// object. Scans wait while it looks at the objects that are protected and those
// waiting for a scan. Retire and Stats wait for a look at some thousand
// objects, or for a millisecond where Inspect is quicker than they are to take
// the lock again. It panics if most is negative.
func (d *Domain) Inspect(most int) Inspection {
	d.check("Inspect")
	if most < 0 {
		panic(fmt.Sprintf("hazptr: Inspect of %d objects, want 0 or more", most))
	}
	survey := d.reclaimer.Survey(most)
	var found Inspection
	for _, t := range survey.Types {
		of := PendingType{Objects: t.Objects, Bytes: t.Bytes, Protected: t.Protected, Oldest: t.Oldest}
		if t.Type != nil {
			of.Type = t.Type.String()
		}
		found.Types = append(found.Types, of)
	}
	slices.SortFunc(found.Types, func(a, b PendingType) int {
		return cmp.Or(-cmp.Compare(a.Oldest, b.Oldest), -cmp.Compare(a.Objects, b.Objects), cmp.Compare(a.Type, b.Type))
	})
	for _, p := range survey.Oldest {
		found.Oldest = append(found.Oldest, d.stall(p))
	}
	for _, s := range survey.Seconds {
		found.Recent = append(found.Recent, Second(s))
	}
	return found
}
