package conformance

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"hazptr/rcu"
	"hazptr/srcu"
)

// GetState starts nothing; its cookie is over when others have made a grace
// period pass ("It is the caller's responsibility to make sure that grace
// period happens": srcutree.c, get_state_synchronize_srcu).
func TestGetStateStartsNothing(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		cookie := d.getState()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed that was not wanted")
		}
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		if !d.poll(cookie) {
			t.Error("a grace period has passed, and the cookie does not tell")
		}
		if next := d.getState(); next == cookie || d.poll(next) {
			t.Error("the cookie of after a grace period is that of before it, or over")
		}
	})
}

// StartPoll needs no other call ("this function also ensures that any needed
// SRCU grace period will be started": srcutree.c, start_poll_synchronize_srcu).
func TestStartPollNeedsNoOther(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.startPoll()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed, and one is inside")
		}
		leave()
		eventually(t, "a grace period passes", func() bool { return d.poll(cookie) })
		for range 3 { // and it stays so
			happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
			if !d.poll(cookie) {
				t.Error("Poll has reported true, and reports false")
			}
		}
	})
}

// No more than two cookies that differ are live at any time
// (NUM_ACTIVE_RCU_POLL_OLDSTATE, NUM_ACTIVE_SRCU_POLL_OLDSTATE: 2).
func TestAtMostTwoCookiesAreLive(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		live := make(map[any]bool)
		for range 3 {
			leave := enter(d)
			clear(live)
			for i := range 20 {
				live[d.getState()] = true
				if i%3 == 0 {
					live[d.startPoll()] = true
				}
				if err := d.Synchronize(within(t, 100*time.Microsecond)); err == nil {
					t.Fatal("Synchronize returns, and one is inside")
				}
				live[d.getState()] = true
			}
			if len(live) > 2 {
				t.Errorf("%d cookies are live", len(live))
			}
			for cookie := range live {
				if d.poll(cookie) {
					t.Error("a cookie of the time since one is inside tells that a grace period has passed")
				}
			}
			leave()
			for range 2 {
				happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
			}
			for cookie := range live {
				if !d.poll(cookie) {
					t.Error("two grace periods have passed, and a cookie of before them does not tell")
				}
			}
		}
	})
}

// A cookie of the time of a grace period that is given up may tell one grace
// period late, and no later (rcu, srcu: Poll).
func TestCookieOfAGracePeriodThatWasGivenUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave, before := enter(d), d.getState()
		ctx, cancel := context.WithCancel(context.Background())
		givenUp := background(func() {
			if err := d.Synchronize(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		begins(t, d, before)
		cookie := d.getState()
		cancel()
		happens(t, "the Synchronize that gives up returns", givenUp)
		if d.poll(cookie) {
			t.Error("a section of before the cookie is under way, and it tells that a grace period has passed")
		}
		leave()
		for range 2 {
			happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		}
		if !d.poll(cookie) {
			t.Error("two grace periods have passed, and the cookie does not tell")
		}
	})
}

// What StartPoll has started comes to pass also where the grace period of its
// time was given up, and others have polled since (rcu, srcu: StartPoll, "so
// that Poll reports true in the end").
func TestStartPollOfAGracePeriodThatWasGivenUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave, before := enter(d), d.getState()
		ctx, cancel := context.WithCancel(context.Background())
		givenUp := background(func() {
			if err := d.Synchronize(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		begins(t, d, before)
		cookies := []any{d.startPoll()}
		cancel()
		happens(t, "the Synchronize that gives up returns", givenUp)
		cookies = append(cookies, d.startPoll(), d.getState(), d.startPoll())
		for _, cookie := range cookies {
			if d.poll(cookie) {
				t.Error("a cookie tells that a grace period has passed, and one is inside")
			}
		}
		leave()
		eventually(t, "Poll reports true of each", func() bool {
			return !slices.ContainsFunc(cookies, func(cookie any) bool { return !d.poll(cookie) })
		})
	})
}

// Misuse that can be seen (rcu, srcu: Poll, and what cannot be called).
func TestUpdaterMisuse(t *testing.T) {
	for _, of := range domains {
		d, other := of.new(), of.new()
		mustPanic(t, of.name+": Call of nil", func() { d.Call(nil) })
		mustPanic(t, of.name+": Poll of a Cookie that this Domain did not return", func() { d.poll(other.getState()) })
		if d.poll(d.getState()) {
			t.Error("a grace period has passed that was not wanted")
		}
	}
	mustPanic(t, "rcu: Poll of a Cookie that this Domain did not return", func() { rcu.New().Poll(rcu.Cookie{}) })
	mustPanic(t, "srcu: Poll of a Cookie that this Domain did not return", func() { srcu.New().Poll(srcu.Cookie{}) })
}
