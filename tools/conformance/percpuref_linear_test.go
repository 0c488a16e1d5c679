package conformance

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"hazptr/percpuref"
)

// refCalls are the calls of a percpuref.Ref that happen at one moment. TryGetLive is not among them: while Kill runs it may do either.
type refCalls interface {
	TryGet() bool
	Put()
	Kill()
	Resurrect()
	IsZero() bool
}

// refModel is a count. What Kill does at one moment is to drop the owner's reference.
var refModel = porcupine.Model{
	Init: func() any { return 1 },
	Step: func(state, input, output any) (bool, any) {
		count := state.(int)
		switch input {
		case "TryGet":
			if output == false {
				return count == 0, count
			}
			return count > 0, count + 1
		case "Put", "Kill":
			return count > 0, count - 1
		case "Resurrect":
			return true, count + 1
		case "IsZero":
			return output == (count == 0), count
		}
		return false, count
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
}

// refHistory has three users and an owner of one Ref.
func refHistory(seed uint64, r refCalls) *history {
	h := newHistory()
	nothing := func(call func()) func() any { return func() any { call(); return nil } }
	var all sync.WaitGroup
	for user := range 3 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(user)))
			mine := 0
			for range 10 {
				switch {
				case mine > 0 && random.IntN(2) == 0:
					h.record(user, "Put", nothing(r.Put))
					mine--
				case random.IntN(4) == 0:
					h.record(user, "IsZero", func() any { return r.IsZero() })
				case h.record(user, "TryGet", func() any { return r.TryGet() }).(bool):
					mine++
				}
			}
			for ; mine > 0; mine-- {
				h.record(user, "Put", nothing(r.Put))
			}
		})
	}
	all.Go(func() {
		for range 3 {
			h.record(3, "Kill", nothing(r.Kill))
			h.record(3, "IsZero", func() any { return r.IsZero() })
			h.record(3, "Resurrect", nothing(r.Resurrect))
		}
	})
	all.Wait()
	return h
}

func TestRefIsLinearizable(t *testing.T) {
	histories := 300
	if testing.Short() {
		histories = 50
	}
	for seed := range uint64(histories) {
		refHistory(seed, percpuref.New(func() {})).check(t, refModel, true)
	}
}

// A carelessRef gives references although its count is zero.
type carelessRef struct{ count atomic.Int64 }

func (r *carelessRef) TryGet() bool { r.count.Add(1); return true }
func (r *carelessRef) Put()         { r.count.Add(-1) }
func (r *carelessRef) Kill()        { r.count.Add(-1) }
func (r *carelessRef) Resurrect()   { r.count.Add(1) }
func (r *carelessRef) IsZero() bool { return r.count.Load() == 0 }

func TestLinearizabilityOfARefNotices(t *testing.T) {
	r := new(carelessRef)
	r.count.Store(1)
	h := newHistory()
	h.record(0, "Kill", func() any { r.Kill(); return nil })
	h.record(1, "TryGet", func() any { return r.TryGet() })
	h.check(t, refModel, false)
}
