package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"hazptr/tools/loads/internal/value"
)

// A content is the database as one transaction sees it: the values from 0 to
// count, which is there in a bucket of its own.
type content struct {
	values *bbolt.Bucket
	count  uint64
}

var (
	valuesName = []byte("values")
	stateName  = []byte("state")
	countName  = []byte("count")
)

const valueBytes = 1000

var errNoContent = errors.New("the buckets are missing")

// contentOf returns what tx sees.
func contentOf(tx *bbolt.Tx) (content, error) {
	values, state := tx.Bucket(valuesName), tx.Bucket(stateName)
	if values == nil || state == nil {
		return content{}, errNoContent
	}
	count := state.Get(countName)
	if len(count) != 8 {
		return content{}, fmt.Errorf("the count has %d bytes, want 8", len(count))
	}
	return content{values, binary.BigEndian.Uint64(count)}, nil
}

// add puts values, as many as given, into the database, which it prepares if
// need be. It returns how many there are then.
func add(tx *bbolt.Tx, values [][]byte) (uint64, error) {
	bucket, err := tx.CreateBucketIfNotExists(valuesName)
	if err != nil {
		return 0, err
	}
	state, err := tx.CreateBucketIfNotExists(stateName)
	if err != nil {
		return 0, err
	}
	var count uint64
	if text := state.Get(countName); text != nil {
		count = binary.BigEndian.Uint64(text)
	}
	bucket.FillPercent = 0.9 // keys only rise
	for _, bytes := range values {
		value.Fill(bytes, count)
		if err := bucket.Put(value.Key(count), bytes); err != nil {
			return 0, err
		}
		count++
	}
	return count, state.Put(countName, value.Key(count))
}

// get returns what is wrong with value i.
func (c content) get(i uint64) error { return value.Verify(c.values.Get(value.Key(i)), i, valueBytes) }

// last returns what is wrong at the end, which lies on the file's newest pages.
func (c content) last() error {
	key, last := c.values.Cursor().Last()
	if len(key) != 8 || binary.BigEndian.Uint64(key) != c.count-1 {
		return fmt.Errorf("the last key is %x, with %d values", key, c.count)
	}
	return value.Verify(last, c.count-1, valueBytes)
}

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
