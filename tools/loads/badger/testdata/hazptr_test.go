package badger

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hazptrKeys = 8

func hazptrKey(i int) []byte { return []byte{byte(i)} }

func hazptrValue(i int) []byte { return bytes.Repeat([]byte{byte(i + 1)}, 4096) }

// hazptrOpen opens a database that has a file for every two values.
func hazptrOpen(t *testing.T) *DB {
	t.Helper()
	db, err := Open(DefaultOptions(t.TempDir()).WithLogger(nil).WithValueThreshold(1 << 10).WithValueLogMaxEntries(1))
	require.NoError(t, err)
	hazptrWrite(t, db)
	return db
}

func hazptrWrite(t *testing.T, db *DB) {
	t.Helper()
	for i := range hazptrKeys {
		require.NoError(t, db.Update(func(txn *Txn) error { return txn.Set(hazptrKey(i), hazptrValue(i)) }))
	}
}

// hazptrRewrite rewrites the oldest file that was not.
func hazptrRewrite(t *testing.T, db *DB) *logFile {
	t.Helper()
	db.vlog.filesLock.RLock()
	f := db.vlog.filesMap[db.vlog.sortedFids()[0]]
	db.vlog.filesLock.RUnlock()
	require.NoError(t, db.vlog.rewrite(f))
	return f
}

func hazptrIs(t *testing.T, f *logFile) bool {
	t.Helper()
	_, err := os.Stat(f.path)
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return err == nil
}

// hazptrAwaitEnd waits until the file has gone.
func hazptrAwaitEnd(t *testing.T, f *logFile) {
	t.Helper()
	for hazptrIs(t, f) {
		time.Sleep(time.Millisecond)
	}
}

// A hazptrIterator reads values when it comes to them.
type hazptrIterator struct {
	*Iterator
	txn *Txn
}

func hazptrIterate(db *DB) hazptrIterator {
	options := DefaultIteratorOptions
	options.PrefetchValues = false
	txn := db.NewTransaction(false)
	return hazptrIterator{txn.NewIterator(options), txn}
}

// read returns what is wrong with the values.
func (it hazptrIterator) read() error {
	next := 0
	for it.Rewind(); it.Valid(); it.Next() {
		value, err := it.Item().ValueCopy(nil)
		if err != nil {
			return err
		}
		if !bytes.Equal(it.Item().Key(), hazptrKey(next)) || !bytes.Equal(value, hazptrValue(next)) {
			return fmt.Errorf("key %x has %d bytes, as number %d", it.Item().Key(), len(value), next)
		}
		next++
	}
	if next != hazptrKeys {
		return fmt.Errorf("%d keys", next)
	}
	return nil
}

func (it hazptrIterator) end() {
	it.Close()
	it.txn.Discard()
}

func TestHazptrGoesAtOnce(t *testing.T) {
	db := hazptrOpen(t)
	defer db.Close()
	require.False(t, hazptrIs(t, hazptrRewrite(t, db)))
}

func TestHazptrOldIteratorKeepsAll(t *testing.T) {
	db := hazptrOpen(t)
	defer db.Close()
	old := hazptrIterate(db)
	first := hazptrRewrite(t, db)
	other := hazptrIterate(db)
	second := hazptrRewrite(t, db)
	require.NoError(t, other.read())
	other.end()
	third := hazptrRewrite(t, db)
	require.True(t, hazptrIs(t, first) && hazptrIs(t, second) && hazptrIs(t, third))
	require.NoError(t, old.read())
	old.end()
	hazptrAwaitEnd(t, first)
	hazptrAwaitEnd(t, second)
	hazptrAwaitEnd(t, third)
}

func TestHazptrNewIteratorKeepsNoOldFile(t *testing.T) {
	db := hazptrOpen(t)
	defer db.Close()
	old := hazptrIterate(db)
	first := hazptrRewrite(t, db)
	other := hazptrIterate(db)
	second := hazptrRewrite(t, db)
	old.end()
	hazptrAwaitEnd(t, first)
	require.True(t, hazptrIs(t, second))
	require.NoError(t, other.read())
	other.end()
	hazptrAwaitEnd(t, second)
}

func TestHazptrDropAll(t *testing.T) {
	db := hazptrOpen(t)
	defer db.Close()
	it := hazptrIterate(db)
	hazptrRewrite(t, db)
	require.NoError(t, db.DropAll())
	hazptrWrite(t, db) // files of the same numbers
	it.end()
	again := hazptrIterate(db)
	// What was to be deleted before is deleted when this returns.
	hazptrRewrite(t, db)
	require.NoError(t, again.read())
	again.end()
}

func TestHazptrCloseDeletes(t *testing.T) {
	db := hazptrOpen(t)
	it := hazptrIterate(db)
	first, second := hazptrRewrite(t, db), hazptrRewrite(t, db)
	it.end()
	require.NoError(t, db.Close())
	require.False(t, hazptrIs(t, first) || hazptrIs(t, second))
}

// Badger as it is never returns from the iterator's Close.
func TestHazptrCloseBeforeIterators(t *testing.T) {
	db := hazptrOpen(t)
	it := hazptrIterate(db)
	first := hazptrRewrite(t, db)
	require.NoError(t, db.Close())
	it.end()
	require.True(t, hazptrIs(t, first))

	db, err := Open(db.opt)
	require.NoError(t, err)
	defer db.Close()
	it = hazptrIterate(db)
	defer it.end()
	require.NoError(t, it.read())
}

func TestHazptrMany(t *testing.T) {
	db := hazptrOpen(t)
	defer db.Close()
	var over atomic.Bool
	var read atomic.Int64
	var readers sync.WaitGroup
	for range 3 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for !over.Load() {
				it := hazptrIterate(db)
				for range 3 {
					if err := it.read(); err != nil {
						t.Error(err)
						over.Store(true)
					}
				}
				it.end()
				read.Add(1)
			}
		}()
	}
	var files []*logFile
	for !over.Load() && (len(files) < 50 || read.Load() < 50) {
		hazptrWrite(t, db)
		files = append(files, hazptrRewrite(t, db))
	}
	over.Store(true)
	readers.Wait()
	for _, f := range files {
		hazptrAwaitEnd(t, f)
	}
}
