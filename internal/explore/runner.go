package explore

import (
	"runtime"

	"hazptr/internal/yield"
)

// runner is what package yield asks in an execution.
type runner struct{ threads int }

// exploring is whether there is a scenario that is explored.
var exploring bool

// install has package yield ask, until the function that it returns is called.
// Meanwhile the runtime has one P, so that what Setup does on its P, it does on
// the same one each time.
func install(s *Scenario) (uninstall func()) {
	procs := runtime.GOMAXPROCS(1)
	yield.Install(runner{len(s.Threads) + s.Spare})
	exploring = true
	return func() {
		exploring = false
		yield.Install(nil)
		runtime.GOMAXPROCS(procs)
	}
}

// Here does nothing: the accesses themselves are steps.
func (runner) Here(string) {}

func (runner) Wait(string) bool { return Wait() }
func (runner) Runs() bool       { return Running() }

// Pin gives each thread a P of its own.
func (runner) Pin() (p int, runs bool) {
	if current == nil {
		return 0, false
	}
	return int(current.id), true
}

func (runner) Unpin() (runs bool) { return Running() }
func (r runner) Procs() int       { return r.threads }
