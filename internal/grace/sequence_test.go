package grace

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// scripted are Readers of which a grace period ends when the test says so.
type scripted struct {
	began chan struct{}
	leave chan struct{}
}

func newScripted() *scripted { return &scripted{make(chan struct{}, 100), make(chan struct{}, 100)} }

func (r *scripted) GracePeriod(unwanted <-chan struct{}) bool {
	r.began <- struct{}{}
	select {
	case <-r.leave:
		return true
	default:
	}
	select {
	case <-r.leave:
		return true
	case <-unwanted:
		return false
	}
}

func (r *scripted) Inside() int                { return 1 }
func (r *scripted) Reporting() <-chan struct{} { return nil }

// absent are Readers that are never inside.
type absent struct{}

func (absent) GracePeriod(<-chan struct{}) bool { return true }
func (absent) Inside() int                      { return 0 }
func (absent) Reporting() <-chan struct{}       { return nil }

func sequence(readers Readers) *Sequence {
	s := new(Sequence)
	s.Init("grace", readers)
	return s
}

func closeSequence(t *testing.T, s *Sequence) {
	t.Helper()
	if err := s.Close(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if s.paying || s.invoking || s.invoker.Load() != 0 {
		t.Fatal("a goroutine is left")
	}
}

// A cookie that is taken while a grace period is under way is of the next one.
func TestCookieIsOfAPeriodThatIsYetToBegin(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	first := s.State()
	if again := s.State(); again != first {
		t.Fatalf("the cookies of a quiet domain are %d and %d", first, again)
	}
	if s.Start() != first {
		t.Fatal("StartPoll returned another cookie")
	}
	<-r.began
	second := s.Start()
	if second == first {
		t.Fatal("a cookie is of a grace period that has begun already")
	}
	r.leave <- struct{}{}
	<-r.began
	if !s.Over(first) || s.Over(second) {
		t.Fatalf("after one grace period the first cookie is over: %t, the second: %t", s.Over(first), s.Over(second))
	}
	r.leave <- struct{}{}
	closeSequence(t, s)
	if !s.Over(second) {
		t.Fatal("after two grace periods the second cookie isn't over")
	}
}

// A Synchronize that gives up leaves another that waits to run the grace
// period, and every cookie valid.
func TestGivenUpPeriodIsRunAgain(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	ctx, cancel := context.WithCancel(context.Background())
	leader := make(chan error)
	go func() { leader <- s.Synchronize(ctx) }()
	<-r.began
	cookie := s.State() // of the next but one
	follower := make(chan error)
	go func() { follower <- s.Synchronize(litmus.Context(t)) }()
	var order []int
	s.Call(func() { order = append(order, 1) })
	cancel()
	if err := <-leader; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "grace: Synchronize: 1 readers are inside") {
		t.Fatal(err)
	}
	if s.Over(cookie) {
		t.Fatal("the cookie is over")
	}
	s.Call(func() { order = append(order, 2) }) // with a lower cookie
	for range 3 {
		r.leave <- struct{}{}
	}
	if err := <-follower; err != nil {
		t.Fatal(err)
	}
	closeSequence(t, s)
	if !slices.Equal(order, []int{1, 2}) || !s.Over(cookie) {
		t.Fatalf("callbacks were invoked in the order %v, and the cookie is over: %t", order, s.Over(cookie))
	}
}

// What a cookie has promised is not forgotten when a later one is lower, since
// a grace period was given up.
func TestPollIsKeptWhenAPeriodIsGivenUp(t *testing.T) {
	for range 200 {
		r := newScripted()
		s := sequence(r)
		ctx, cancel := context.WithCancel(context.Background())
		leader := make(chan error)
		go func() { leader <- s.Synchronize(ctx) }()
		<-r.began
		first := s.Start()
		cancel()
		<-leader
		second := s.Start()
		for range 3 {
			r.leave <- struct{}{}
		}
		closeSequence(t, s)
		if !s.Over(first) || !s.Over(second) {
			t.Fatalf("cookie %d is over: %t, cookie %d: %t", first, s.Over(first), second, s.Over(second))
		}
	}
}

// Synchronizes that give up early do not keep others from getting a whole grace
// period.
func TestImpatientDoNotStarveOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s := sequence(slow{})
	called := make(chan struct{})
	s.Call(func() { close(called) })
	for deadline := time.Now().Add(litmus.Soon); ; {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		_ = s.Synchronize(ctx)
		cancel()
		select {
		case <-called:
			closeSequence(t, s)
			return
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("a callback is never called while another goroutine asks in vain")
		}
	}
}

// slow are Readers that take long to leave.
type slow struct{ absent }

func (slow) GracePeriod(unwanted <-chan struct{}) bool {
	select {
	case <-time.After(10 * time.Millisecond):
		return true
	case <-unwanted:
		return false
	}
}

func TestManyWaitForOnePeriod(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	first := make(chan error)
	go func() { first <- s.Synchronize(litmus.Context(t)) }()
	<-r.began
	var followers sync.WaitGroup
	for range 10 {
		followers.Go(func() {
			if err := s.Synchronize(litmus.Context(t)); err != nil {
				t.Error(err)
			}
		})
	}
	await(s, func() bool { return s.waiting == 10 })
	r.leave <- struct{}{}
	r.leave <- struct{}{}
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	followers.Wait()
	if s.ended != 2 {
		t.Fatalf("there were %d grace periods, want 2", s.ended)
	}
}

// Close waits for each Synchronize that has begun, also for one whose grace
// period has not: it would run on a closed Sequence.
func TestCloseWaitsForSynchronize(t *testing.T) {
	for range 100 {
		r := newScripted()
		s := sequence(r)
		first, second, closed := make(chan error), make(chan error), make(chan error)
		go func() { first <- s.Synchronize(litmus.Context(t)) }()
		<-r.began
		go func() { second <- s.Synchronize(litmus.Context(t)) }()
		await(s, func() bool { return s.running == 2 })
		go func() {
			err := s.Close(litmus.Context(t))
			await(s, func() bool {
				if s.running > 0 {
					err = errors.Join(err, errors.New("Close has returned before Synchronize"))
				}
				return true
			})
			closed <- err
		}()
		await(s, func() bool { return s.closing == 1 })
		r.leave <- struct{}{}
		r.leave <- struct{}{}
		if err := errors.Join(<-first, <-closed, <-second); err != nil {
			t.Fatal(err)
		}
	}
}

// Close wants no grace period: where a Synchronize gives one up that no other
// waits for, readers may stay.
func TestCloseWantsNoPeriod(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	ctx, cancel := context.WithCancel(context.Background())
	given, closed := make(chan error), make(chan error)
	go func() { given <- s.Synchronize(ctx) }()
	<-r.began
	go func() { closed <- s.Close(litmus.Context(t)) }()
	await(s, func() bool { return s.closing == 1 })
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
}

// await waits until f is true, and calls it under the lock.
func await(s *Sequence, f func() bool) {
	for {
		s.mu.Lock()
		over := f()
		s.mu.Unlock()
		if over {
			return
		}
		runtime.Gosched()
	}
}

func TestClosed(t *testing.T) {
	s := sequence(absent{})
	closeSequence(t, s)
	closeSequence(t, s)
	for method, f := range map[string]func(){
		"Call":        func() { s.Call(func() {}) },
		"Synchronize": func() { _ = s.Synchronize(context.Background()) },
		"StartPoll":   func() { s.Start() },
	} {
		func() {
			defer func() {
				if r := recover(); r != "grace: "+method+" on a closed Domain" {
					t.Errorf("%s: %v", method, r)
				}
			}()
			f()
		}()
	}
	if err := s.Barrier(context.Background()); err != nil {
		t.Error(err)
	}
	s.State()
}

// A panic in a grace period must reach the caller, and not the unlocking of a
// mutex that isn't locked.
func TestPanicInAPeriod(t *testing.T) {
	s := sequence(panicking{})
	defer func() {
		if r := recover(); r != "on purpose" {
			t.Fatal(r)
		}
	}()
	_ = s.Synchronize(context.Background())
}

type panicking struct{ absent }

func (panicking) GracePeriod(<-chan struct{}) bool { panic("on purpose") }

func TestConcurrently(t *testing.T) {
	s := sequence(absent{})
	var callers sync.WaitGroup
	var posted, invoked atomic.Int64
	for caller := range 8 {
		callers.Go(func() {
			for i := range 500 {
				switch (i + caller) % 4 {
				case 0:
					if err := s.Synchronize(litmus.Context(t)); err != nil {
						t.Error(err)
					}
				case 1:
					for c := s.Start(); !s.Over(c); {
						runtime.Gosched()
					}
				case 2:
					posted.Add(1)
					s.Call(func() { invoked.Add(1) })
				case 3:
					before := posted.Load()
					if err := s.Barrier(litmus.Context(t)); err != nil {
						t.Error(err)
					}
					// The next ones are being posted.
					if now := invoked.Load(); now < before-8 {
						t.Errorf("after a Barrier %d of %d callbacks have been invoked", now, before)
					}
				}
			}
		})
	}
	callers.Wait()
	closeSequence(t, s)
	if posted.Load() != invoked.Load() {
		t.Fatalf("%d callbacks were posted, %d invoked", posted.Load(), invoked.Load())
	}
}
