package reclaim

import (
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/goroutine"
	"hazptr/internal/perproc"
)

// A ledger is what a Reclaimer knows, under one lock, which is locked in this
// file alone. No user's function is called under it.
type ledger struct {
	options *Options
	bell    *bell
	queues  *perproc.Local[queue]
	chunks  *chunkPool
	bound   *bound // nil without Options.MaxPendingBytes
	clock   clock

	after   atomic.Int64 // the age that is reported, or 0; changed under mu
	changes atomic.Int64 // how often; likewise

	mu     sync.Mutex // guards what follows
	counts counts
	rounds rounds

	// The round that collected the oldest object that is still protected, or
	// never.
	oldestKept int64

	holding int64

	// starved is set if the last pass has left objects in the queues, until no
	// more than enough wait for workers.
	starved bool
	enough  int64

	ready   readyList
	crew    crew
	waiters waiters
	reports reports
	history *history // nil without Options.Name
}

// counts are since the start, but for slots.
type counts struct {
	taken      int64 // objects that passes have taken from the queues
	passes     int64
	slots      int64 // that the last look has read
	looks      int64 // at all slots, after a fence each
	fences     int64
	lookTime   int64 // nanoseconds, without fenceTime
	fenceTime  int64
	slowed     int64 // times that a Retire was slowed down
	slowedTime int64
	exceeded   int64 // of slowed, the times that Retire gave up
}

func (l *ledger) init(r *Reclaimer) {
	l.options, l.bell, l.queues, l.chunks, l.bound, l.clock = &r.options, &r.bell, r.queues, &r.chunks, r.bound, r.clock
	l.oldestKept = never
	l.crew.limit = r.options.Workers
	l.after.Store(int64(r.options.StallAfter))
	l.reports.hook = r.options.OnStall
	if r.options.Name != "" {
		l.history = new(history)
	}
}

// beginRound begins a round unless there is one to collect. It appends the
// rounds that there are to open.
func (l *ledger) beginRound(open []round) []round {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rounds.open) == 0 {
		l.rounds.begin(l.clock.now(), l.queues)
	}
	return append(open, l.rounds.open...)
}

// finishPass takes over what the pass has found. A caller that is inline will
// be a worker.
func (l *ledger) finishPass(p *pass, inline bool, result passResult) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for q := range l.queues.All() {
		q.consume(l.chunks)
	}
	l.rounds.collect(p.rounds[len(p.rounds)-1].number)
	l.counts.taken += int64(result.taken)
	l.counts.passes++
	l.note()
	if result.taken > 0 {
		l.counts.looks++
		l.counts.fences += int64(result.fences)
		l.counts.fenceTime += result.fenceTime
		l.counts.lookTime += l.clock.now() - result.begun - result.fenceTime
		l.counts.slots = int64(p.hazards.Slots)
	}
	if inline && l.starved && !result.starved {
		l.bell.cutShort() // the scanner waits for room
	}
	l.starved, l.enough = result.starved, result.enough
	l.handOver(p, inline)
	l.waiters.look(&p.keeping)
	l.feed() // the workers may have got on since the pass looked
	l.waiters.settle(&l.rounds)
}

// finishGlance takes over what was found between two passes.
func (l *ledger) finishGlance(p *pass, inline bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handOver(p, inline)
	l.waiters.settle(&l.rounds)
}

// report reports what has been protected for too long, and what reclaim
// functions have not returned from, if stalls are watched for.
func (l *ledger) report(stalls []Pending) {
	if l.stallAfter() <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	after := l.stallAfter()
	if after <= 0 {
		return // nothing is to be reported any more
	}
	stalls = append(stalls, l.crew.overdue(l.clock.now(), after, l.ready.waiting())...)
	if l.reports.add(stalls, l.bell.open.Load()) {
		go l.tell()
	}
}

// handOver gives the workers what was found ready, of which the caller will be
// one if inline. It is called under mu, as are startWorker, hireWorker,
// account, assign, feed, note, retired and idle.
func (l *ledger) handOver(p *pass, inline bool) {
	l.holding = int64(p.holds)
	l.oldestKept = p.oldest()
	for _, round := range p.freed {
		l.waiters.free(round)
	}
	if l.bound != nil {
		// Before a worker takes off what is no longer kept.
		l.bound.kept.Store(p.bytes)
	}
	for _, c := range p.moved {
		l.chunks.let(c, 1)
	}
	if p.n > 0 {
		l.ready.add(p.spans, p.n)
	}
	if !inline && l.ready.left() > 0 && (p.n > 0 || l.crew.running() == 0) {
		l.startWorker()
	}
	p.handedOver()
}

// startWorker starts one more worker, if there may be one.
func (l *ledger) startWorker() {
	if c := &l.crew; c.started < c.limit {
		c.started++
		w := l.hireWorker()
		w.inline, w.brief = false, false
		go w.loop()
	}
}

// hireWorker returns a worker that isn't at work.
func (l *ledger) hireWorker() *worker {
	c := &l.crew
	if last := len(c.idle) - 1; last >= 0 {
		w := c.idle[last]
		c.idle = c.idle[:last]
		return w
	}
	w := &worker{ledger: l, longest: maxRun}
	w.loop = w.work
	c.workers = append(c.workers, w)
	return w
}

// calls reports whether the goroutine is in a reclaim function.
func (l *ledger) calls(goroutine uintptr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crew.calls(goroutine)
}

// hire makes the caller a worker, for one run if it is brief.
func (l *ledger) hire(brief bool) *worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.hireWorker()
	w.inline, w.brief = true, brief
	return w
}

// limitWorkers lets so many workers have a goroutine of their own, and starts
// one where something is ready.
func (l *ledger) limitWorkers(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.crew.limit = n
	if l.ready.left() > 0 {
		l.startWorker()
	}
}

// own makes the caller w's goroutine.
func (l *ledger) own(w *worker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.goroutine = goroutine.Current()
}

// relieve lets another goroutine than the caller have w, if one more may be
// started, and reports whether it does.
func (l *ledger) relieve(w *worker) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.crew.started >= l.crew.limit {
		return false
	}
	l.crew.started++
	w.inline, w.brief, w.goroutine = false, false, 0
	return true
}

// disown lets another goroutine than the caller have w.
func (l *ledger) disown(w *worker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.goroutine = 0
	if w.inline {
		w.inline, w.brief = false, false
		l.crew.started++
	}
}

// finishRun accounts for w's finished run and assigns the next. It returns
// false if there is none; w is then idle, and its goroutine must not use it.
func (l *ledger) finishRun(w *worker) (more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.n == 0 {
		w.begin()
	} else {
		l.account(w)
	}
	if more = l.assign(w); !more {
		l.crew.dismiss(w)
	}
	l.note()
	l.feed()
	l.waiters.settle(&l.rounds)
	if !more && l.ready.waiting() == 0 && l.oldestKept == never && l.bell.state.Load() == resting {
		// It need not watch any longer. Its state stays, so that callers of
		// Retire go on to make passes.
		l.bell.cutShort()
	}
	return more
}

// account counts w's run as done.
func (l *ledger) account(w *worker) {
	l.ready.finish(w.n, w.bytes)
	l.waiters.count(w.n, w.run.round)
	if l.bound != nil {
		l.bound.pending.Add(-w.bytes)
	}
	l.chunks.let(w.run.chunk, w.n)
	w.pace()
	w.give(span{})
}

// assign gives w a run, and reports whether there was one to give.
func (l *ledger) assign(w *worker) bool {
	left := l.ready.left()
	if left == 0 {
		return false
	}
	w.give(l.ready.cut(min(max(1, left/(2*max(1, l.crew.limit))), w.longest)))
	w.after, w.goroutine = l.ready.handed, goroutine.Current()
	if l.ready.left() > 0 {
		// Should w's reclaim functions block, another worker must be there for
		// the rest.
		l.startWorker()
	}
	return true
}

// starving reports whether the last pass has left objects for want of room.
func (l *ledger) starving() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.starved
}

// feed tells a scanner whose pass was starved that there is room again.
func (l *ledger) feed() {
	if l.starved && l.ready.waiting() <= l.enough {
		l.starved = false
		l.bell.cutShort()
	}
}

// note remembers how many objects are pending.
func (l *ledger) note() {
	if l.history != nil {
		l.history.note(l.clock.now(), l.counts.taken-l.ready.done)
	}
}

// retired returns how many objects were ever retired.
func (l *ledger) retired() int64 {
	n := l.counts.taken
	for q := range l.queues.All() {
		n += int64(q.length())
	}
	return n
}

// idle reports whether nothing is pending and no worker works.
func (l *ledger) idle() bool { return l.retired() == l.ready.done && l.crew.running() == 0 }

// waiting returns how many objects are ready or being reclaimed.
func (l *ledger) waiting() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ready.waiting()
}

// returned returns how many reclaim functions have returned, in a sum that may
// wrap.
func (l *ledger) returned() uintptr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crew.returned()
}

// slowed counts a Retire that was slowed down until there was room, or until it
// gave up.
func (l *ledger) slowed(took int64, room bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.slowed++
	l.counts.slowedTime += took
	if room {
		return
	}
	if l.counts.exceeded++; l.counts.exceeded == 1 && l.options.Exceeded != nil {
		go l.options.Exceeded()
	}
}

// wait returns a waiter for what is pending, the protected objects included or
// not, or nil if nothing is. It reports whether the caller may wait: a reclaim
// function would wait for itself.
func (l *ledger) wait(protected bool) (w *waiter, may bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.crew.calls(goroutine.Current()) {
		return nil, false
	}
	if l.retired() == l.ready.done {
		return nil, true
	}
	number, queued := l.rounds.begin(l.clock.now(), l.queues)
	w = &waiter{
		protected: protected, round: number, left: l.counts.taken - l.ready.done + queued, done: make(chan struct{}),
	}
	l.waiters = append(l.waiters, w)
	return w, true
}

// forget takes w back, and reports whether it still waited.
func (l *ledger) forget(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiters.remove(w) {
		return false
	}
	l.rounds.drop(w.round)
	return true
}

// awaited reports whether a waiter waits for a pass.
func (l *ledger) awaited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiters.wantPass(&l.rounds)
}

// close closes the bell if nothing is left to do, and reports whether it is
// closed. If a report is being made it returns what is closed at its end.
func (l *ledger) close() (closed bool, told <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.bell.open.Load():
		return true, nil
	case l.reports.telling:
		return false, l.reports.told
	case !l.idle() || l.bell.state.Load() != asleep:
		return false, nil
	}
	l.bell.open.Store(false)
	// A Retire may have found the bell open. Its [append] is visible after this
	// fence, or it comes later: then it finds the scanner asleep and starts
	// one.
	fence.Heavy()
	if !l.idle() {
		l.bell.open.Store(true)
		return false, nil
	}
	l.options.Closed()
	return true, nil
}

// telling reports whether a report is being made, and whether by the caller.
func (l *ledger) telling() (telling, byCaller bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reports.telling, l.reports.goroutine == goroutine.Current()
}

// stallAfter returns the age that is reported, or 0.
func (l *ledger) stallAfter() time.Duration { return time.Duration(l.after.Load()) }

// reportStalls changes what is reported, and to what hook.
func (l *ledger) reportStalls(after time.Duration, hook func(Pending)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.after.Store(int64(after))
	l.changes.Add(1)
	l.reports.hook = hook
	if after == 0 {
		l.reports.waiting = nil
	}
	for _, w := range l.crew.workers {
		w.told = 0 // the new hook has been told nothing
	}
}

// nextReport returns the stall that the caller reports next, and to what hook.
// If there is none, another goroutine may be reporting by now.
func (l *ledger) nextReport() (p Pending, hook func(Pending)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reports.next(goroutine.Current())
}

// leaveReports lets another goroutine than the caller go on.
func (l *ledger) leaveReports() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reports.goroutine = 0
}

// figures returns what Figures shows.
func (l *ledger) figures() Figures {
	l.mu.Lock()
	defer l.mu.Unlock()
	// First: an object's bytes are published before its tail.
	retired := l.retired()
	bytes := uintptr(0) // since it is the sum of words that may wrap
	oldest := min(l.oldestKept, l.ready.oldest(), l.crew.oldest(), l.rounds.oldest())
	for q := range l.queues.All() {
		bytes += q.bytes.Load()
	}
	f := Figures{
		Retired: retired, Reclaimed: l.ready.done, Ready: l.ready.waiting(),
		RetiredBytes: int64(bytes), PendingBytes: int64(bytes - uintptr(l.ready.doneBytes)),
		Holding: l.holding, Stalls: l.reports.n,
		Looks: l.counts.looks, Slots: l.counts.slots, Fences: l.counts.fences,
		LookTime: time.Duration(l.counts.lookTime), FenceTime: time.Duration(l.counts.fenceTime),
		Slowed: l.counts.slowed, SlowedTime: time.Duration(l.counts.slowedTime), Exceeded: l.counts.exceeded,
		Workers: l.crew.running(),
	}
	if f.Retired > f.Reclaimed && oldest != never {
		f.Oldest = time.Duration(l.clock.now() - oldest)
	}
	return f
}

// surveyQueues lets the survey see what is in the queues. The pass is locked.
func (l *ledger) surveyQueues(s *survey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.begin(l)
}

// beginReady lets the survey see a part of what is ready, of which nothing that
// comes later becomes part. It is called in a turn.
func (l *ledger) beginReady(s *survey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.beginReady(&l.ready)
	s.countReady(&l.ready)
}

// surveyReady lets the survey see the rest of what is ready or in hand, a part
// at a time.
func (l *ledger) surveyReady(s *survey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s.countReady(&l.ready) {
		l.mu.Unlock()
		l.mu.Lock()
	}
	s.oldestReady(&l.ready)
	s.inHand(&l.crew, l.ready.waiting())
}
