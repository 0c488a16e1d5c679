package main

import (
	"slices"

	"hazptr/tools/loads/internal/patch"
)

// The edits let etcd read on while its database is defragmented.
//
// backend.defrag copies the database into a new file, which then takes the
// place of the old one. It holds batchTx, the lock of all writes, and
// also backend.mu and readTx, which all that begin to read take, from the first
// step to the last. Between the copy and the rename it closes the old
// database, for which bbolt waits until every transaction in it has ended: that
// of a snapshot, too, which lasts for as long as its client takes. So nothing
// is read for the length of the copy, and of the longest snapshot.
//
// What both copies change, in copying:
//
//   - Nothing is written while batchTx is held. So the old file does not change
//     during the copy, and the new one has what the old one has. defrag commits
//     what is pending, as it did, begins a read transaction in the old database
//     in the place of the one before, and lets go of readTx. Until the swap
//     reads go on in the old database, and find all that was acknowledged.
//   - The new file is renamed and opened while the old database is open. Its
//     transactions read the old file through its mapping and its descriptor:
//     bbolt's Tx.WriteTo, which sends a snapshot, does not open the path anew.
//     A process that dies between rename and swap has lost nothing: the new
//     file is whole and synced before its rename, as it was.
//   - The swap takes readTx for as long as one transaction takes to begin. A
//     read that began before goes on in the old database.
//   - The old database is closed when nothing reads it any more, on another
//     goroutine, and backend.Close waits for that.
//
// plain is the fix that a reviewer would name: bbolt's Close waits for
// transactions by itself, so a goroutine closes the old database, and a
// WaitGroup counts these goroutines. backend.mu stays: Snapshot and Hash take
// it to load the database and begin, or a transaction could begin in one that
// is closed.
//
// hazptr has a live.Value of the present database. What begins a transaction
// beside batchTx does so in a Do, whose database is not closed meanwhile. A
// replaced database is closed after its last Do, on a goroutine of its own, in
// which bbolt's Close waits for the transactions; Shutdown waits for all of
// them, and for the present one. So backend.mu is gone: what batchTx and defrag
// need of it, batchTx's lock does, since all callers of begin hold that. A
// Hash, which reads everything, no longer holds up the swap. The field db
// stays, as the present database for batchTx, defrag and etcd's tests.
//
// What remains as it was: writes wait for the copy, no longer for snapshots;
// so does a snapshot that begins during the copy, since it commits first, and
// what EtcdServer.Defragment locks out. A compaction that begins during the
// copy still makes reads wait for its end: store.updateCompactRev holds the
// store's own lock while it commits. A member that has fallen behind, and gets
// a snapshot, replaces the whole backend, for which nothing is changed.
//
// What it costs: the old file's space comes back when the last snapshot that
// reads it has ended, not before Defrag returns, and each Defrag meanwhile may
// leave one more. Both files are mapped for that time, and with Mlock in memory
// until the swap. Windows does not rename over a file that is open: see
// refusal.
var (
	plain  = slices.Concat(copying, counted)
	hazptr = slices.Concat(copying, leased)
)

const backendFile = "storage/backend/backend.go"

var (
	backend = patch.Struct(backendFile, "backend")
	defrag  = patch.Func(backendFile, "(*backend).defrag")
)

var copying = []patch.Edit{
	defrag.ReplaceCommented(`b.mu.Lock()
		defer b.mu.Unlock()
		b.readTx.Lock()
		defer b.readTx.Unlock()`, ""),
	defrag.ReplaceCommented(`b.batchTx.unsafeCommit(true)
		b.batchTx.tx = nil`, `
		// Commit/stop, and let reads go on in the old database. No write begins until the new one has taken its place.
		b.readTx.Lock()
		b.batchTx.unsafeCommit(true)
		b.batchTx.tx = nil
		b.readTx.tx = b.unsafeBegin(false)
		b.readTx.Unlock()`),
	defrag.Replace(`b.batchTx.tx = b.unsafeBegin(true)
		b.readTx.tx = b.unsafeBegin(false)
		return err`, "b.batchTx.tx = b.unsafeBegin(true)\n\nreturn err"),
	defrag.Replace(`err = b.db.Close()
		if err != nil {
			b.lg.Fatal("failed to close database", zap.Error(err))
		}`, ""),
	defrag.Replace("b.db, err = bolt.Open(dbp, 0o600, b.bopts)", "next, err := bolt.Open(dbp, 0o600, b.bopts)"),
}

// swap is what defrag does when the new database is open.
const swap = `b.batchTx.tx = b.unsafeBegin(true)
	b.readTx.reset()
	b.readTx.tx = b.unsafeBegin(false)`

var counted = []patch.Edit{
	backend.Field("db", "db *bolt.DB\nreplaced sync.WaitGroup // counts the databases that defrag has replaced and that are not closed yet"),
	defrag.Replace(swap, `
		b.mu.Lock()
		old := b.db
		b.db = next
		b.mu.Unlock()
		b.batchTx.tx = b.unsafeBegin(true)

		b.readTx.Lock()
		b.replaced.Add(1)
		go func(tx *bolt.Tx, wg *sync.WaitGroup) {
			defer b.replaced.Done()
			wg.Wait()
			if err := tx.Rollback(); err != nil {
				b.lg.Fatal("failed to rollback tx", zap.Error(err))
			}
			if err := old.Close(); err != nil { // waits for the other transactions in it
				b.lg.Error("failed to close database", zap.Error(err))
			}
		}(b.readTx.tx, b.readTx.txWg)
		b.readTx.reset()
		b.readTx.tx = b.unsafeBegin(false)
		b.readTx.Unlock()`),
	patch.Func(backendFile, "(*backend).Close").Before("b.mu.Lock()", "b.replaced.Wait()"),
}

var leased = []patch.Edit{
	patch.File(backendFile).Replace(`"fmt"`, "\"context\"\n\"fmt\""),
	patch.File(backendFile).Before(`"go.etcd.io/etcd/client/pkg/v3/verify"`, `"hazptr/live"`),
	backend.Field("mu", ""),
	backend.Field("db", `db *bolt.DB // the present one, guarded by batchTx
		dbs *live.Value[*bolt.DB] // has the present one for other transactions, and closes the ones that defrag has replaced`),
	patch.Func(backendFile, "newBackend").Replace("db: db,", `db: db,
		dbs: live.New(db, live.Options[*bolt.DB]{Name: bcfg.Path, Close: (*bolt.DB).Close}),`),
	defrag.Replace(swap, `
		b.db = next
		if err := b.dbs.Store(next); err != nil {
			b.lg.Fatal("failed to replace database", zap.Error(err))
		}
		b.batchTx.tx = b.unsafeBegin(true)

		b.readTx.Lock()
		go func(tx *bolt.Tx, wg *sync.WaitGroup) {
			wg.Wait()
			if err := tx.Rollback(); err != nil {
				b.lg.Fatal("failed to rollback tx", zap.Error(err))
			}
		}(b.readTx.tx, b.readTx.txWg)
		b.readTx.reset()
		b.readTx.tx = b.unsafeBegin(false)
		b.readTx.Unlock()`),
	patch.Func(backendFile, "(*backend).Close").Replace(`b.mu.Lock()
		defer b.mu.Unlock()
		return b.db.Close()`, "return b.dbs.Shutdown(context.Background())"),
	patch.Func(backendFile, "(*backend).Snapshot").Replace(`b.mu.RLock()
		defer b.mu.RUnlock()
		tx, err := b.db.Begin(false)`, `var tx *bolt.Tx
		err := b.dbs.Do(func(db *bolt.DB) (err error) {
			tx, err = db.Begin(false)
			return err
		})`),
	patch.Func(backendFile, "(*backend).Hash").Replace(`b.mu.RLock()
		defer b.mu.RUnlock()
		err := b.db.View(func(tx *bolt.Tx) error {`, "err := b.view(func(tx *bolt.Tx) error {"),
	patch.File(backendFile).Before("func (b *backend) Size() int64 {", `func (b *backend) view(fn func(*bolt.Tx) error) error {
		return b.dbs.Do(func(db *bolt.DB) error { return db.View(fn) })
	}
	`),
	patch.Func(backendFile, "(*backend).begin").Replace(`b.mu.RLock()
		tx := b.unsafeBegin(write)
		b.mu.RUnlock()`, "tx := b.unsafeBegin(write)"),
}
