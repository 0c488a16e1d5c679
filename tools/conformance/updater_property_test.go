package conformance

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A random sequence of calls, against the times at which sections begin and end: what was asked for at some time has come to pass only if every section that had begun by
// then has ended, and does so when they have.
func TestGracePeriodsProperty(t *testing.T) {
	for name, of := range map[string]func() domain{"rcu": ofRCU, "srcu": ofSRCU} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d := of()
				type section struct {
					begun int
					leave func()
				}
				type wish struct {
					made  int
					over  func() bool
					comes bool // by itself
				}
				now := 0
				var sections []section
				var wishes []wish
				// free reports whether no section is under way that had begun by then.
				free := func(then int) bool {
					for _, s := range sections {
						if s.begun <= then {
							return false
						}
					}
					return true
				}
				t.Repeat(map[string]func(*rapid.T){
					"enter": func(t *rapid.T) {
						if len(sections) > 5 {
							t.Skip("enough")
						}
						now++
						sections = append(sections, section{now, d.enter()})
					},
					"leave": func(t *rapid.T) {
						if len(sections) == 0 {
							t.Skip("nobody is inside")
						}
						i := rapid.IntRange(0, len(sections)-1).Draw(t, "section")
						sections[i].leave()
						sections = append(sections[:i], sections[i+1:]...)
						now++
					},
					"Call": func(t *rapid.T) {
						done := make(chan struct{})
						d.call(func() { close(done) })
						wishes = append(wishes, wish{now, func() bool {
							select {
							case <-done:
								return true
							default:
								return false
							}
						}, true})
						now++
					},
					"StartPoll": func(t *rapid.T) {
						cookie := d.startPoll()
						wishes = append(wishes, wish{now, func() bool { return d.poll(cookie) }, true})
						now++
					},
					"GetState": func(t *rapid.T) {
						cookie := d.getState()
						wishes = append(wishes, wish{now, func() bool { return d.poll(cookie) }, false})
						now++
					},
					"Synchronize": func(t *rapid.T) {
						ctx, cancel := context.WithTimeout(context.Background(), 200*time.Microsecond)
						defer cancel()
						if !free(now) {
							if d.synchronize(ctx) == nil {
								t.Fatal("Synchronize returns, and a section had begun before it")
							}
							return
						}
						if err := d.synchronize(context.Background()); err != nil {
							t.Fatal(err)
						}
						for _, w := range wishes {
							if !w.comes && !w.over() {
								t.Fatal("a grace period has passed, and a cookie of before it does not tell")
							}
						}
					},
					"": func(t *rapid.T) {
						for _, w := range wishes {
							if w.over() && !free(w.made) {
								t.Fatal("a grace period has passed, and a section had begun before it")
							}
						}
					},
				})
				for _, s := range sections {
					s.leave()
				}
				ctx, cancel := context.WithTimeout(context.Background(), soon)
				defer cancel()
				if err := d.close(ctx); err != nil {
					t.Fatal(err)
				}
				for _, w := range wishes {
					if w.comes && !w.over() {
						t.Fatal("nobody is inside, and what was asked for has not come to pass")
					}
				}
			})
		})
	}
}
