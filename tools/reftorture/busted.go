package main

import "hazptr/tools/internal/mutant"

// A busted type is a good one in a build of its own in which the library breaks
// a rule.
type busted struct {
	name   string
	good   string
	mutant string

	// The scenes in which that shows, if the command line does not say; "" is
	// all.
	scenes string
}

var bustedTypes = []busted{
	{"busted-hazptr-nofence", "hazptr", "nofence", "order"},
	{"busted-hazptr-unvalidated", "hazptr", "tryprotect-unvalidated", ""},
	{"busted-hazptr-protect-unvalidated", "hazptr", "protect-unvalidated", "crowd"},
	{"busted-hazptr-slot-skipped", "hazptr", "look-skips-holder", ""},
	{"busted-hazptr-early", "hazptr", "keep-forgets", ""},
	{"busted-hazptr-kept-early", "hazptr", "glance-forgets", ""},
	{"busted-hazptr-lost", "hazptr", "reclaim-loses", ""},
	{"busted-hazptr-twice", "hazptr", "reclaim-twice", ""},
	{"busted-hazptr-barrier", "hazptr", "barrier-early", "callbacks"},
	{"busted-hazptr-wakeup", "hazptr", "sleep-nofence", ""},
	{"busted-hazptr-stall", "hazptr", "stall-untold", ""},
	{"busted-hazptr-guard-nofence", "hazptr-guard", "nofence", "order"},
	{"busted-hazptr-guard-closed", "hazptr-guard", "guard-group-closed", ""},
	{"busted-hazptr-guard-unvalidated", "hazptr-guard", "guard-unvalidated", "crowd"},
	{"busted-hazptr-guard-taken", "hazptr-guard", "guard-slot-taken", ""},
	{"busted-hazptr-guard-watch-nofence", "hazptr-guard", "watch-nofence", "leave"},
	{"busted-hazptr-guard-unrechecked", "hazptr-guard", "unrechecked", "leave"},
	{"busted-hazptr-guard-consumed", "hazptr-guard", "notifier-consumes", "leave"},
	{"busted-hazptr-guard-left-dropped", "hazptr-guard", "left-dropped", "leave"},
	{"busted-hazptr-guard-uncounted", "hazptr-guard", "share-uncounted", ""},
	{"busted-hazptr-guard-copied", "hazptr-guard", "share-copied", ""},
	{"busted-hazptr-keep-early", "hazptr-keep", "grace-early", ""},
	{"busted-hazptr-inline-nofence", "hazptr-inline", "nofence", "order"},
	{"busted-hazptr-sync-nofence", "hazptr-sync", "synchronize-nofence", "order"},
	{"busted-hazptr-sync-unrechecked", "hazptr-sync", "parked-unrechecked", "leave"},
	{"busted-hazptr-sync-early", "hazptr-sync", "synchronize-early", ""},
	{"busted-percpu_ref-nofence", "percpu_ref", "percpu-nofence", "order"},
	{"busted-percpu_ref-unsettled", "percpu_ref", "percpu-unsettled", "crowd"},
	{"busted-percpu_ref-nobias", "percpu_ref", "percpu-nobias", ""},
	{"busted-percpu_ref-from-zero", "percpu_ref", "percpu-from-zero", ""},
	{"busted-rcu-nofence", "rcu", "rcu-nofence", "order"},
	{"busted-rcu-reader-skipped", "rcu", "rcu-skips-reader", ""},
	{"busted-rcu-early", "rcu", "grace-early", ""},
	{"busted-rcu-lost", "rcu", "grace-loses", ""},
	{"busted-rcu-barrier", "rcu", "grace-barrier-early", ""},
	{"busted-srcu-nofence", "srcu", "srcu-nofence", "order"},
	{"busted-srcu-locks-first", "srcu", "locks-first", "crowd"},
	{"busted-srcu-one-wait", "srcu", "present-not-awaited", ""},
	{"busted-cachedref-uncounted", "cachedref", "cached-uncounted", ""},
	{"busted-cachedref-from-zero", "cachedref", "cached-from-zero", ""},
	{"busted-gate-nofence", "gate", "synchronize-nofence", "order"},
	{"busted-gate-early", "gate", "gate-early", ""},
	{"busted-live-early", "live", "live-early", ""},
	{"busted-live-drain-early", "live", "drain-early", ""},
	{"busted-mapped-early", "mapped", "live-early", ""},
	{"busted-mapped-outside", "mapped", "use-outside", ""},
	{"busted-mapped-left", "mapped", "mapping-left", ""},
	{"busted-mapped-refused", "mapped", "refused-left", ""},
}

// bustedNamed returns the busted type of that name, or nil for a good one's.
func bustedNamed(name string) *busted {
	for i := range bustedTypes {
		if bustedTypes[i].name == name {
			return &bustedTypes[i]
		}
	}
	return nil
}

// rule returns the rule that the type breaks.
func (b *busted) rule() string {
	m, err := mutant.Named(b.mutant)
	if err != nil {
		panic(err) // a test looks
	}
	return m.Rule
}
