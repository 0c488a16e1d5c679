package main

import "hazptr/tools/loads/internal/patch"

// edits let Gets and iterators hold pebble's readState by a hazard pointer, in
// place of a read lock and a reference.
//
// A readState is the version and the memtables that a reader reads, and is
// replaced at each flush, compaction and rotation of the memtable.
// loadReadState takes a sync.RWMutex for reading, adds one to the state's
// count, and lets go of the lock; unref takes the one off. Those are four
// locked operations on two cache lines that all readers write.
//
//   - DB.readState is an atomic.Pointer. A Get, and an iterator that is made of
//     the present state, holds a Guard of it, which Iterator.Close releases. A
//     Guard and not a Holder, for an iterator is closed by any goroutine, and a
//     program has as many as it likes.
//   - The count stays for what keeps a state otherwise: an iterator that is
//     cloned from another, the few that look at the state for statistics and
//     checks. They add to it while the state is protected, when the DB's own
//     reference can't have been dropped; so it never rises from zero.
//   - The DB's own reference was dropped by updateReadStateLocked, and still is
//     if no Guard holds the old state: it looks once, for a microsecond or
//     some, which is nothing beside a flush, and much in a benchmark that does
//     nothing but replace the state. Pebble's tests count on memory and files
//     being given back at once where no reader is; so may its users.
//   - Otherwise the state is retired, and the reference is dropped when no
//     Guard holds it, which the domain's worker finds out. To drop it takes
//     DB.mu, and states are retired with DB.mu held: a reclaim function that
//     waited for it would hold up the worker that Retire may wait for. So it
//     only puts the state on a list, which the next update empties, with DB.mu
//     held anyway, or a goroutine, whichever comes first. That goroutine
//     schedules the deletion of obsolete files, which was the business of the
//     reader that dropped the last reference.
//   - A reader that ends and finds that its state is no longer the present one
//     may have been the last: it has the domain look, and waits until what has
//     ended is given back, as it would have done itself. Readers of the present
//     state, nearly all, compare a pointer for it.
//   - Close waits until all states that were replaced have ended, for which it
//     lets go of DB.mu, as it does later for the cleanup of files; nothing can
//     be begun, since closed is set, and compactions have ended. A state that
//     is held yet belongs to an iterator that was not closed. Then the DB's
//     reference stays, and Close returns the error about leaked iterators that
//     it always returned. It waits for leakTimeout for that, so that a leak
//     doesn't make it wait for ever.
//
// Iterators are kept in pools and cleared when they are closed; Close releases
// the Guard before that.
var edits = []patch.Edit{
	patch.Import("db.go", "hazptr"),
	patch.Struct("db.go", "DB").Field("readState", `// readState provides access to the state needed for reading without needing
	// to acquire DB.mu.
	readState atomic.Pointer[readState]
	readStates *hazptr.Domain // ends the replaced ones
	ended endedStates`),
	patch.Func("db.go", "(*DB).getInternal").Replace("readState := d.loadReadState()", "guard := d.acquireReadState()\nreadState := guard.Ptr()"),
	patch.Func("db.go", "(*DB).getInternal").Before("get.iiopts.blobValueFetcher = &i.blobValueFetcher", "i.readGuard = guard"),
	patch.Func("db.go", "(*DB).newIter").Before("var readState *readState", "var guard hazptr.Guard[readState]"),
	patch.Func("db.go", "(*DB).newIter").ReplaceCommented("readState = d.loadReadState()", "guard = d.acquireReadState()\nreadState = guard.Ptr()"),
	patch.Func("db.go", "(*DB).newIter").Before("dbi.opts.logger = d.opts.Logger", "dbi.readGuard = guard"),
	patch.Func("db.go", "(*DB).Close").Replace("d.readState.val.unrefLocked()", `if present := d.awaitReaders(); present != nil {
		present.unrefLocked()
	}`),

	patch.Import("iterator.go", "hazptr"),
	patch.Struct("iterator.go", "Iterator").Field("readState", `// Either readState or version is set, but not both.
	readState *readState
	// readGuard holds readState. A clone has a reference instead.
	readGuard hazptr.Guard[readState]`),
	patch.Func("iterator.go", "(*Iterator).Close").Replace("i.readState.unref()", `if i.readGuard.Ptr() != nil {
		d := i.readState.db
		i.readGuard.Release()
		if d.readState.Load() != i.readState {
			_ = d.awaitEnded(context.Background()) // fails only with its context
		}
	} else {
		i.readState.unref()
	}`),

	patch.Import("read_state.go", "hazptr", "time", "sync", "context"),
	patch.Func("read_state.go", "(*DB).loadReadState").Replace("d.readState.RLock()\nstate := d.readState.val\nstate.ref()\nd.readState.RUnlock()\nreturn state", `guard := d.acquireReadState()
	defer guard.Release()
	guard.Ptr().ref()
	return guard.Ptr()`),
	update.Replace("d.readState.Lock()\nold := d.readState.val\nd.readState.val = s\nd.readState.Unlock()", `if d.readStates == nil { // the first one, in Open
		d.readStates = hazptr.NewDomain(hazptr.Config{Name: "pebble"})
	}
	old := d.readState.Swap(s)`),
	update.Replace("if old != nil { old.unrefLocked() }", `switch {
	case old == nil:
	case hazptr.Synchronize(once, old) == nil:
		old.unrefLocked()
	default:
		hazptr.RetireIn(d.readStates, old, 0, d.stateEnded)
	}
	d.unrefEndedLocked()`),
	patch.Append("read_state.go", `
// acquireReadState protects the present state.
func (d *DB) acquireReadState() hazptr.Guard[readState] { return hazptr.Acquire(&d.readState) }

// once lets Synchronize look once and not wait.
var once = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// endedStates are held by no reader: the DB's own reference is left.
type endedStates struct {
	sync.Mutex
	states []*readState
	done chan struct{} // closed by the goroutine that drops the references when there are none; nil if there is no such goroutine
}

// stateEnded is called by the domain when no Guard holds s.
func (d *DB) stateEnded(s *readState) {
	d.ended.Lock()
	defer d.ended.Unlock()
	d.ended.states = append(d.ended.states, s)
	if d.ended.done == nil {
		d.ended.done = make(chan struct{})
		go d.dropEnded(d.ended.done)
	}
}

func (d *DB) dropEnded(done chan struct{}) {
	defer close(done)
	for more := true; more; {
		d.mu.Lock()
		d.unrefEndedLocked()
		d.mu.Unlock()
		d.maybeScheduleObsoleteObjectDeletion()
		d.ended.Lock()
		if more = len(d.ended.states) > 0; !more {
			d.ended.done = nil
		}
		d.ended.Unlock()
	}
}

// unrefEndedLocked drops the DB's references to the states that have ended. DB.mu is held.
func (d *DB) unrefEndedLocked() {
	d.ended.Lock()
	states := d.ended.states
	d.ended.states = nil
	d.ended.Unlock()
	for _, s := range states {
		s.unrefLocked()
	}
}

// awaitEnded waits until nothing is left of states that no reader holds. DB.mu is not held.
func (d *DB) awaitEnded(ctx context.Context) error {
	err := d.readStates.Flush(ctx)
	d.ended.Lock()
	done := d.ended.done
	d.ended.Unlock()
	if done != nil {
		<-done
	}
	return err
}

// leakTimeout is how long Close waits for iterators that should have been closed.
const leakTimeout = time.Second

// awaitReaders takes the present readState away, waits until all that were replaced have ended, and returns the present one when no reader holds it, or nil: then
// iterators have leaked. DB.mu is held, but not meanwhile.
func (d *DB) awaitReaders() *readState {
	present := d.readState.Swap(nil)
	d.mu.Unlock()
	defer d.mu.Lock()
	ctx, cancel := context.WithTimeout(context.Background(), leakTimeout)
	defer cancel()
	replaced := d.readStates.Close(ctx)
	_ = d.awaitEnded(ctx)
	if hazptr.Synchronize(ctx, present) != nil || replaced != nil {
		return nil
	}
	return present
}
`),
}

var update = patch.Func("read_state.go", "(*DB).updateReadStateLocked")

// busted breaks the patch's rule: the reference is dropped at once, also while
// a reader holds the state.
var busted = update.Replace("hazptr.RetireIn(d.readStates, old, 0, d.stateEnded)", "old.unrefLocked()")

// benchmark has pebble's own benchmark hold a state as Gets and iterators do.
var benchmark = patch.Func("read_state_test.go", "BenchmarkReadState").Replace("s := d.loadReadState()\ns.unref()", "g := d.acquireReadState()\ng.Release()")
