package main

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/dgraph-io/badger/v4"
)

// open opens the database. Its tables are small, so that compactions soon tell
// badger which values are no longer alive.
func open(dir string, problems *problems) (*badger.DB, error) {
	return badger.Open(badger.DefaultOptions(dir).WithLogger(problems).
		WithValueLogFileSize(8 << 20).WithValueThreshold(1 << 10).WithNumVersionsToKeep(1).
		WithMemTableSize(256 << 10).WithBaseTableSize(256 << 10).WithNumLevelZeroTables(1).WithNumLevelZeroTablesStall(20))
}

// problems is badger's logger, and keeps the first error that badger logs.
type problems struct {
	mu    sync.Mutex
	first error
}

// Errorf notes an error. A value that can't be read is what its reader finds.
func (p *problems) Errorf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil && !strings.HasPrefix(text, "Unable to read: Key: ") && !strings.HasPrefix(text, "Key: ") {
		p.first = fmt.Errorf("badger logs: %s", strings.TrimSpace(text))
	}
}

func (*problems) Warningf(string, ...any) {}
func (*problems) Infof(string, ...any)    {}
func (*problems) Debugf(string, ...any)   {}

func (p *problems) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

// A walk reads all values in the order of their keys.
type walk struct {
	it   *badger.Iterator
	span span
	next uint64 // key
	last uint64 // round of the values that were read
}

// walkIn begins a walk. Values are not fetched before they are asked for.
func walkIn(txn *badger.Txn, s span) *walk {
	options := badger.DefaultIteratorOptions
	options.PrefetchValues = false
	w := &walk{it: txn.NewIterator(options), span: s}
	w.it.Rewind()
	return w
}

// step reads and verifies the next value, and reports whether there is another.
func (w *walk) step() (more bool, err error) {
	if !w.it.Valid() {
		if w.next != values {
			return false, fmt.Errorf("value %d is missing", w.next)
		}
		return false, nil
	}
	item := w.it.Item()
	if key := item.Key(); len(key) != 8 || binary.BigEndian.Uint64(key) != w.next {
		return false, fmt.Errorf("key %x, want %d", key, w.next)
	}
	if err := item.Value(func(value []byte) error {
		if err := w.span.verify(w.next, value); err != nil {
			return err
		}
		w.last = max(w.last, roundOf(value))
		return nil
	}); err != nil {
		return false, err
	}
	w.next++
	w.it.Next()
	return true, nil
}
