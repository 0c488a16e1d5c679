package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.etcd.io/bbolt"

	"hazptr/tools/loads/bbolt/internal/figures"
)

// A writer adds values to a database.
type writer struct {
	*work
	db      *bbolt.DB
	figures *figures.Figures
	stdout  io.Writer
	values  [][]byte // of a commit; bbolt reads them until it is done
	mapped  int64    // bytes of the present mapping
}

// perCommit values are added in a transaction.
const perCommit = 256

func newWriter(w *work, db *bbolt.DB, f *figures.Figures, stdout io.Writer) *writer {
	wr := &writer{work: w, db: db, figures: f, stdout: stdout}
	for range perCommit {
		wr.values = append(wr.values, make([]byte, valueBytes))
	}
	return wr
}

// start fills the file to its first size.
func (w *writer) start(ctx context.Context) error {
	for {
		size, err := w.commit()
		if err != nil || size >= firstSize {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// write adds values until the file has reached its limit or ctx ends.
func (w *writer) write(ctx context.Context) error {
	for ctx.Err() == nil {
		began := time.Now()
		size, err := w.commit()
		if err != nil {
			return err
		}
		w.figures.Updates.Record(time.Since(began))
		w.figures.Written += perCommit * valueBytes
		w.look()
		if size >= w.Limit {
			return errFull
		}
	}
	return ctx.Err()
}

// commit adds values in one transaction, and returns the size of the pages that
// were in use before. That is not the file's size: how far the file is ahead of
// its pages depends on what is mapped.
func (w *writer) commit() (size int64, err error) {
	var count uint64
	err = w.db.Update(func(tx *bbolt.Tx) error {
		size = tx.Size()
		count, err = add(tx, w.values)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("writing %s: %w", w.File, err)
	}
	if w.Resume {
		if _, err := fmt.Fprintln(w.stdout, count); err != nil {
			return 0, err
		}
	}
	return size, nil
}

// look notes what is mapped.
func (w *writer) look() {
	m := mappedOf(w.File)
	if w.mapped != 0 && m.largest != w.mapped {
		w.figures.Remaps++
	}
	w.mapped = m.largest
	w.figures.Mapped = max(w.figures.Mapped, m.total)
}
