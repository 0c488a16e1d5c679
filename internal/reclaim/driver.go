package reclaim

// A Driver makes a Reclaimer's passes and calls its reclaim functions, in place
// of the Reclaimer's goroutines. It is for tests that choose when that happens.
type Driver struct{ r *Reclaimer }

// Pass makes a pass.
func (d Driver) Pass() { d.r.pass.run() }

// Glance looks at the slots that may be left without a word.
func (d Driver) Glance() { d.r.pass.glance() }

// Reclaim calls the reclaim functions of what is ready.
func (d Driver) Reclaim() { d.r.ledger.hire(false).work() }

// Stop leaves what is pending to the Reclaimer's goroutines.
func (d Driver) Stop() {
	d.r.ledger.limitWorkers(max(1, d.r.options.Workers))
	d.r.bell.state.Store(asleep)
	d.r.bell.ring()
}
