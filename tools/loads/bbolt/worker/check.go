package main

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// checkFile checks a file that is not open, and returns how many values it has.
func checkFile(file string, atLeast uint64) (count uint64, err error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		return 0, err
	}
	defer func() {
		if closed := db.Close(); err == nil {
			err = closed
		}
	}()
	return count, db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("bbolt's check: %w", err)
			}
		}
		if first != nil {
			return first
		}
		c, err := contentOf(tx)
		if err != nil {
			return err
		}
		if count = c.count; count < atLeast {
			return fmt.Errorf("%d values, but %d were committed", count, atLeast)
		}
		for i := range count {
			if err := c.get(i); err != nil {
				return err
			}
		}
		return c.last()
	})
}
