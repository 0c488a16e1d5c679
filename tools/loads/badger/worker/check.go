package main

import (
	"errors"
	"math"

	"github.com/dgraph-io/badger/v4"
)

// check opens a database, reads all values, and returns how many it has.
func (w *work) check() (checked uint64, err error) {
	var problems problems
	db, err := open(w.Dir, &problems)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(), problems.err()) }()
	return readAll(db, span{w.AtLeast, math.MaxUint64})
}

// readAll reads all values once, and returns how many.
func readAll(db *badger.DB, s span) (read uint64, err error) {
	err = db.View(func(txn *badger.Txn) error {
		walk := walkIn(txn, s)
		defer walk.it.Close()
		for more := true; more; {
			if more, err = walk.step(); err != nil {
				return err
			}
		}
		read = walk.next
		return nil
	})
	return read, err
}

// lastRound returns the last round of which there is a value, and 0 where the
// database is new.
func lastRound(db *badger.DB) (last uint64, err error) {
	err = db.View(func(txn *badger.Txn) error {
		walk := walkIn(txn, span{0, math.MaxUint64})
		defer walk.it.Close()
		for more := walk.it.Valid(); more; {
			if more, err = walk.step(); err != nil {
				return err
			}
		}
		last = walk.last
		return nil
	})
	return last, err
}
