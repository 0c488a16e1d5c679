package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/api/v3/mvccpb"
)

// check checks the data of no running server, and returns how many values it
// has: the file by bbolt's own check and value by value, and all by a server
// that is started with it.
func (w *work) check(ctx context.Context) (values int, err error) {
	if values, err = checkFile(database(w.Data)); err != nil {
		return 0, err
	}
	s, err := start(ctx, w.Data)
	if err != nil {
		return 0, err
	}
	defer s.close()
	c, err := s.dial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	has, err := contentOf(ctx, c)
	if err != nil {
		return 0, err
	}
	var last atomic.Uint64
	reads := &client{c, has, &last, nil}
	for i := range has.still {
		if err := reads.get(ctx, stillKey(i), uint64(i), nil); err != nil {
			return 0, err
		}
	}
	for n := range uint64(changing) {
		if err := reads.get(ctx, changingKey(n), least(n, w.AtLeast), nil); err != nil {
			return 0, err
		}
	}
	if w.Revision > 0 {
		if hash, _, err := s.hash(ctx, c, w.Revision); err != nil {
			return 0, err
		} else if hash != w.Hash {
			return 0, fmt.Errorf("etcd's hash of revision %d is %d, and was %d", w.Revision, hash, w.Hash)
		}
	}
	return values, nil
}

// checkFile checks a file that is not open, and returns how many values of all
// revisions it has.
func checkFile(file string) (values int, err error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: 5 * time.Second, NoFreelistSync: true})
	if err != nil {
		return 0, err
	}
	defer func() {
		if closed := db.Close(); err == nil {
			err = closed
		}
	}()
	return values, db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("bbolt's check: %w", err)
			}
		}
		if first != nil {
			return first
		}
		keys := tx.Bucket([]byte("key"))
		if keys == nil {
			return fmt.Errorf("%s has no bucket of keys", file)
		}
		return keys.ForEach(func(_, text []byte) error {
			var kv mvccpb.KeyValue
			if err := kv.Unmarshal(text); err != nil {
				return err
			}
			values++
			_, err := numberOf(string(kv.Key), kv.Value)
			return err
		})
	})
}
