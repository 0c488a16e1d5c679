package conformance

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"hazptr/percpuref"
)

// refCalls are what a percpuref.Ref can be asked to do, as far as something
// comes of it. Changes of mode are not to be seen.
type refCalls interface {
	TryGet() bool
	TryGetLive() bool
	Put()
	KillAndConfirm(func())
	Resurrect()
	IsZero() bool
	IsDying() bool
}

// A refState is what a Ref is at a moment. A kill takes three steps: it begins,
// it is confirmed, and the owner's reference is dropped.
type refState struct {
	count int
	life  refLife
}

type refLife int

const (
	live      refLife = iota
	killing           // TryGetLive may do either
	confirmed         // and now it fails
	killed            // and the owner's reference is dropped
)

// The steps of a kill, as calls.
const (
	killBegins     = "Kill: begin"
	killConfirmed  = "Kill: confirm"
	killDropsOwner = "Kill: drop the owner's reference"
)

// refModel is a count. What comes of a call that drops a reference is how often
// release was called in it.
var refModel = porcupine.Model{
	Init: func() any { return refState{count: 1} },
	Step: func(state, input, output any) (bool, any) {
		s := state.(refState)
		switch input {
		case "TryGet":
			if output == false {
				return s.count == 0, s
			}
			s.count++
			return s.count > 1, s
		case "TryGetLive":
			if output == false {
				return s.life != live, s
			}
			s.count++
			return s.count > 1 && s.life <= killing, s
		case "Put":
			s.count--
			return s.count >= 0 && output == releases(s), s
		case killBegins:
			ok := s.life == live
			s.life = killing
			return ok, s
		case killConfirmed:
			ok := s.life == killing
			s.life = confirmed
			return ok, s
		case killDropsOwner:
			ok := s.life == confirmed
			s.life = killed
			s.count--
			return ok && output == releases(s), s
		case "Resurrect":
			ok := s.life == killed
			s.life = live
			s.count++
			return ok, s
		case "IsZero":
			return output == (s.count == 0), s
		case "IsDying":
			return output == (s.life != live), s
		}
		panic(input)
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
}

// releases is how often release is called when a reference has been dropped.
func releases(s refState) int {
	if s.count == 0 {
		return 1
	}
	return 0
}

// A releaseLog counts calls of a release function by the goroutine that they
// are of.
type releaseLog struct {
	mu sync.Mutex
	by map[string]int
}

func (l *releaseLog) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[goroutine()]++
}

// count returns how often this goroutine has called release.
func (l *releaseLog) count(me string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[me]
}

func (l *releaseLog) all() (n int) {
	for _, of := range l.by {
		n += of
	}
	return n
}

// refHistory is that of some users and the owner of one Ref. Another goroutine
// calls switches, unless it is nil, and so changes the mode.
func refHistory(t *testing.T, seed uint64, create func(release func()) refCalls, switches func(refCalls)) *history {
	h := newHistory()
	log := &releaseLog{by: map[string]int{}}
	r := create(log.release)
	nothing := func(call func()) func() any { return func() any { call(); return nil } }
	var clients []func()
	for user := range 3 {
		clients = append(clients, func() {
			random, me, mine := rand.New(rand.NewPCG(seed, uint64(user))), goroutine(), 0
			put := func() {
				before := log.count(me)
				h.record(user, "Put", func() any { r.Put(); return log.count(me) - before })
				mine--
			}
			for range 9 {
				switch random.IntN(8) {
				case 0:
					h.record(user, "IsZero", func() any { return r.IsZero() })
				case 1:
					h.record(user, "IsDying", func() any { return r.IsDying() })
				case 2, 3:
					if h.record(user, "TryGetLive", func() any { return r.TryGetLive() }).(bool) {
						mine++
					}
				case 4, 5:
					if h.record(user, "TryGet", func() any { return r.TryGet() }).(bool) {
						mine++
					}
				default:
					if mine > 0 {
						put()
					}
				}
				if random.IntN(4) == 0 {
					runtime.Gosched()
				}
			}
			for mine > 0 {
				put()
			}
		})
	}
	const owner = 3
	clients = append(clients, func() {
		me := goroutine()
		for range 3 {
			before := log.count(me)
			begin, confirm, drop := h.now(), int64(0), int64(0)
			r.KillAndConfirm(func() {
				confirm = h.now()
				runtime.Gosched()
				drop = h.now()
			})
			end := h.now()
			h.add(owner, killBegins, nil, begin, confirm)
			h.add(owner, killConfirmed, nil, begin, confirm)
			h.add(owner, killDropsOwner, log.count(me)-before, drop, end)
			h.record(owner, "IsZero", func() any { return r.IsZero() })
			runtime.Gosched()
			h.record(owner, "Resurrect", nothing(r.Resurrect))
		}
	})
	if switches != nil {
		clients = append(clients, func() { switches(r) })
	}
	together(t, clients...)
	seen := 0
	for _, o := range h.operations {
		if n, ok := o.Output.(int); ok {
			seen += n
		}
	}
	if seen != log.all() {
		t.Fatalf("released %d times, in calls that drop a reference %d times", log.all(), seen)
	}
	return h
}

func percpuRef(release func()) refCalls { return percpuref.New(release) }

// backAndForth changes the mode.
func backAndForth(r refCalls) {
	ref := r.(*percpuref.Ref)
	for range 4 {
		ref.SwitchToAtomicSync()
		runtime.Gosched()
		ref.SwitchToPercpu()
	}
}

// Whatever the order in which users, the owner, and changes of mode come: each
// call takes effect at one moment, and release is called where the last
// reference is dropped (percpuref: Ref). A kill takes effect in three steps,
// since "While Kill runs it may do either" is said of TryGetLive.
func TestRefIsLinearizable(t *testing.T) {
	outcomes := map[[2]any]int{{"TryGet", false}: 0, {"TryGetLive", false}: 0, {"TryGetLive", true}: 0, {"Put", 1}: 0, {killDropsOwner, 1}: 0, {"IsZero", true}: 0}
	for seed := range uint64(rounds(2000)) {
		var switches func(refCalls)
		if seed%2 == 0 {
			switches = backAndForth
		}
		h := refHistory(t, seed, percpuRef, switches)
		if !h.linearizable(t, refModel) {
			t.Fatalf("not linearizable:\n%s", h)
		}
		for o := range outcomes {
			outcomes[o] += h.happened(o[0], o[1])
		}
	}
	// Otherwise the histories show little.
	for o, n := range outcomes {
		if n == 0 {
			t.Errorf("it never happened: %v → %v", o[0], o[1])
		}
	}
}

// A plainRef is a count under a lock, with or without a fault.
type plainRef struct {
	mu      sync.Mutex
	count   int
	dying   bool
	release func()
	fault   string
}

const (
	tryGetOfZero     = "TryGet takes a reference to what has none"
	tryGetLiveOfDead = "TryGetLive takes a reference to what is dying"
	notAtOnce        = "Put loads and stores, and others come in between"
	noRelease        = "Put of the last reference does not release"
	earlyRelease     = "Put releases when there is one reference left"
	killKeeps        = "Kill keeps the owner's reference"
	resurrectWithout = "Resurrect takes no reference"
)

func (r *plainRef) TryGet() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == 0 && r.fault != tryGetOfZero {
		return false
	}
	r.count++
	return true
}

func (r *plainRef) TryGetLive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == 0 || r.dying && r.fault != tryGetLiveOfDead {
		return false
	}
	r.count++
	return true
}

func (r *plainRef) Put() {
	r.mu.Lock()
	count := r.count
	if r.fault == notAtOnce {
		r.mu.Unlock()
		runtime.Gosched()
		r.mu.Lock()
	}
	r.count = count - 1
	last := r.count == 0 && r.fault != noRelease || r.count == 1 && r.fault == earlyRelease
	r.mu.Unlock()
	if last {
		r.release()
	}
}

func (r *plainRef) KillAndConfirm(confirm func()) {
	r.mu.Lock()
	r.dying = true
	r.mu.Unlock()
	confirm()
	if r.fault != killKeeps {
		r.Put()
	}
}

func (r *plainRef) Resurrect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dying = false
	if r.fault != resurrectWithout {
		r.count++
	}
}

func (r *plainRef) IsZero() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count == 0
}

func (r *plainRef) IsDying() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dying
}

// The check accepts a plain count under a lock, and rejects one that is broken.
func TestLinearizabilityOfARefNotices(t *testing.T) {
	with := func(fault string) func(uint64) *history {
		return func(seed uint64) *history {
			return refHistory(t, seed, func(release func()) refCalls { return &plainRef{count: 1, release: release, fault: fault} }, nil)
		}
	}
	for seed := range uint64(rounds(100)) {
		if h := with("")(seed); !h.linearizable(t, refModel) {
			t.Fatalf("not linearizable:\n%s", h)
		}
	}
	for _, fault := range []string{tryGetOfZero, tryGetLiveOfDead, notAtOnce, noRelease, earlyRelease, killKeeps, resurrectWithout} {
		t.Run(fault, func(t *testing.T) { rejected(t, refModel, with(fault)) })
	}
}
