package main

import "hazptr/tools/loads/internal/patch"

// edits make each mapping of bbolt's data file an object that ends with the
// last transaction in it, so that a writer that needs a larger one waits for no
// reader.
//
// bbolt has one mapping, in fields of DB. A read transaction holds DB.mmaplock
// for reading from begin to end, a remap takes it for writing: it waits until
// every open read transaction has ended, and new ones wait behind it. What else
// the lock does, and what does it now:
//
//   - It keeps pages mapped while a read transaction may look at them. Now the
//     transaction holds the mapping with which it began by a Guard, and takes
//     its pages from there. The remap publishes the next mapping and retires
//     the one before, which is unmapped when no Guard holds it.
//   - It keeps DB's fields (dataref, data, datasz, meta0, meta1) from changing
//     under a reader. Now readers have a copy that never changes. The fields in
//     DB are the writer's view: they change in mmap and close alone, whose
//     callers are Open, the one writer, and Close, which is the writer
//     meanwhile (rwlock). Only they read them, and, as before, DB.Info, and
//     Tx.Check of a read-only database, which is never remapped.
//   - It makes Close wait for read transactions. Now Close, with metalock held
//     so that none begins, waits until nothing holds the present mapping, and
//     until its domain has unmapped all others: each DB has a domain of its
//     own, so that it waits for no other DB's. A transaction's end gives its
//     Guard back before it takes metalock, as it did with mmaplock, so the two
//     don't wait for each other. Close itself unmaps the present one: nothing
//     is mapped when it returns, and its errors are what they were.
//
// A reader's mapping and its meta page fit. The meta page says how far the
// pages go, so a new one with an old mapping would lead beyond it. The writer
// publishes the mapping (allocate) and then writes the meta page that needs it,
// with metalock held (writeMeta). A reader takes its mapping and copies its
// meta page in one critical section of metalock. If that comes before the
// writer's, the meta page is the old one, for which either mapping is large
// enough, since mappings only grow; if after, the mapping is the new one, or a
// later one. All mappings of a file show the same pages: they are shared, and
// meta pages are read from the reader's own.
//
// The writer needs no Guard. Only the writer retires a mapping, and before that
// DB.mmap copies what the writer's nodes refer to in the old one, as it always
// did; unmapping comes later than it did, never earlier. Its page lookups must
// go to the present mapping: with StrictMode it reads pages that it has just
// written, beyond the one it began with. To hold the old one for the writer, in
// place of that copy, would take a Guard for each remap of a commit, of which
// there can be several.
//
// A remap that fails leaves the DB without a mapping, as before:
// ErrInvalidMapping for each transaction that begins. Mlock: the old mapping is
// unlocked before the new one is locked, as before; pages that both show stay
// in memory. What remains as it was: readers that begin meet for the length of
// a few loads, and one write of a meta page, at metalock. A reader that stays
// holds one mapping, of the size that the file had then, as address space.
//
// A transaction begins and ends under metalock anyway, so a count of
// transactions in each mapping, under that lock, would have been another way to
// find the last one out.
//
// bolt_windows.go grows the file when it maps it, which was not tried with an
// older mapping still there: see refusal.
var edits = []patch.Edit{
	patch.Add("mapping.go", mapping),

	patch.Import("db.go", "hazptr"),
	db.Field("dataref", `mapping // the present one, as the writer sees it
		mapped   hazptr.Pointer[mapping] // what read transactions begin with
		mappings *hazptr.Domain          // ends the replaced ones`),
	db.Field("data", ""),
	db.Field("datasz", ""),
	db.Field("meta0", ""),
	db.Field("meta1", ""),
	db.Field("mmaplock", ""),
	patch.Func("db.go", "(*DB).meta").Replace("func (db *DB) meta() *common.Meta {", "func (db *mapping) meta() *common.Meta {"),

	patch.Func("db.go", "Open").Replace("db = &DB{ opened: true, }", `db = &DB{
		opened:   true,
		mappings: hazptr.NewDomain(hazptr.Config{Name: "bbolt"}),
	}
	db.mapped.Init(hazptr.PointerConfig[mapping]{Reclaim: db.unmap, Bytes: (*mapping).size, Domain: db.mappings}, nil)`),
	remap.ReplaceCommented("db.mmaplock.Lock()\ndefer db.mmaplock.Unlock()", ""),
	remap.After("if db.rwtx != nil { db.rwtx.root.dereference() }", `
		// Readers stay in the mapping that is published, and new ones begin in it, until the next is ready.
		db.invalidate()
		defer db.publish()`),
	patch.Func("db.go", "(*DB).Close").Replace("db.mmaplock.Lock()\ndefer db.mmaplock.Unlock()", "db.awaitReaders()"),

	begin.ReplaceCommented("db.mmaplock.RLock()", ""),
	begin.Replace("db.mmaplock.RUnlock()\ndb.metalock.Unlock()\nreturn nil, berrors.ErrDatabaseNotOpen", "db.metalock.Unlock()\nreturn nil, berrors.ErrDatabaseNotOpen"),
	begin.Replace(`if db.data == nil {
		db.mmaplock.RUnlock()
		db.metalock.Unlock()
		return nil, berrors.ErrInvalidMapping
	}`, `guard := db.mapped.Acquire()
	if guard.Ptr() == nil {
		db.metalock.Unlock()
		return nil, berrors.ErrInvalidMapping
	}`),
	begin.Replace("t := &Tx{}", "t := &Tx{guard: guard, mapping: guard.Ptr()}"),
	patch.Func("db.go", "(*DB).beginRWTx").Replace("t := &Tx{writable: true}", "t := &Tx{writable: true, mapping: &db.mapping}"),
	patch.Func("db.go", "(*DB).removeTx").ReplaceCommented("db.mmaplock.RUnlock()", "// The mapping may end.\ntx.guard.Release()"),

	patch.Import("tx.go", "hazptr"),
	patch.Struct("tx.go", "Tx").Field("db", `db             *DB
		mapping        *mapping              // of a writable transaction: the DB's present one
		guard          hazptr.Guard[mapping] // holds a read-only transaction's mapping`),
	patch.Func("tx.go", "(*Tx).init").Replace("db.meta().Copy(tx.meta)", "tx.mapping.meta().Copy(tx.meta)"),
	patch.Func("tx.go", "(*Tx).page").Replace("p := tx.db.page(id)", "p := tx.mapping.pageAt(id * common.Pgid(tx.db.pageSize))"),
	patch.Func("tx.go", "(*Tx).Page").Replace("p := tx.db.page(common.Pgid(id))", "p := tx.mapping.pageAt(common.Pgid(id * tx.db.pageSize))"),
	patch.Func("tx.go", "(*Tx).close").Replace("tx.db = nil", "tx.db = nil\ntx.mapping = nil"),
}

var (
	db    = patch.Struct("db.go", "DB")
	remap = patch.Func("db.go", "(*DB).mmap")
	begin = patch.Func("db.go", "(*DB).beginTx")
)

const mapping = `package bbolt

import (
	"context"
	"unsafe"

	"go.etcd.io/bbolt/internal/common"
)

// A mapping is the data file as it is mapped for a time. Once published it doesn't change until it ends.
type mapping struct {
	// dataref isn't used at all on Windows.
	dataref []byte // mmap'ed readonly, write throws SEGV
	data    *[common.MaxMapSize]byte
	datasz  int
	meta0   *common.Meta
	meta1   *common.Meta
}

func (m *mapping) size() int64 { return int64(m.datasz) }

// pageAt returns what is at an offset of the file.
func (m *mapping) pageAt(offset common.Pgid) *common.Page {
	return (*common.Page)(unsafe.Pointer(&m.data[offset]))
}

// publish has read transactions begin with the present mapping from now on. The one before it ends with the last transaction that holds it.
func (db *DB) publish() {
	var next *mapping // nil when mapping the file has failed
	if db.data != nil {
		present := db.mapping
		next = &present
	}
	db.mapped.Replace(next)
}

// unmap ends a mapping that no transaction holds.
func (db *DB) unmap(m *mapping) {
	old := &DB{mapping: *m} // all of a DB that munmap takes
	*m = mapping{}          // no pointer may stay into memory that can become the heap's
	if err := munmap(old); err != nil {
		db.Logger().Errorf("unmapping a former mapping failed: %v", err)
	}
}

// awaitReaders waits until all read transactions have ended, and all mappings but the present one. None can begin, since the caller holds metalock.
func (db *DB) awaitReaders() {
	if !db.opened {
		return
	}
	_, _ = db.mapped.ReplaceAndWait(context.Background(), nil) // fails only with its context
	_ = db.mappings.Close(context.Background())
}
`
