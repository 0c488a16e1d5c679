package main

import (
	"context"
	"fmt"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"

	"hazptr/tools/loads/internal/value"
)

// The database has still values, which never change, from 0 on, and changing
// ones, which Puts replace in turn: Put number n is of key n%changing.
const (
	stillBytes    = 16 << 10
	changingBytes = 1000
	changing      = 64

	atOnce = 64 // still values in a transaction
)

func stillKey(i int) string       { return fmt.Sprintf("still%08d", i) }
func changingKey(n uint64) string { return fmt.Sprintf("changing%02d", n%changing) }

// makeValue returns value number n.
func makeValue(size int, n uint64) string {
	v := make([]byte, size)
	value.Fill(v, n)
	return string(v)
}

// prepare fills a new database.
func (w *work) prepare(ctx context.Context) error {
	s, err := start(ctx, w.Data)
	if err != nil {
		return err
	}
	defer s.close()
	c, err := s.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	for i, n := 0, max(1, int(w.Prepare/stillBytes)); i < n; i += atOnce {
		var puts []clientv3.Op
		for j := i; j < min(i+atOnce, n); j++ {
			puts = append(puts, clientv3.OpPut(stillKey(j), makeValue(stillBytes, uint64(j))))
		}
		if _, err := c.Txn(ctx).Then(puts...).Commit(); err != nil {
			return fmt.Errorf("filling the database: %w", err)
		}
	}
	for n := range uint64(changing) {
		if _, err := c.Put(ctx, changingKey(n), makeValue(changingBytes, n)); err != nil {
			return fmt.Errorf("filling the database: %w", err)
		}
	}
	return nil
}

// A content is what a database must have.
type content struct {
	still int    // values
	last  uint64 // Put that is acknowledged
}

// contentOf asks a server what it has.
func contentOf(ctx context.Context, c *clientv3.Client) (content, error) {
	r, err := c.Get(ctx, "still", clientv3.WithPrefix(), clientv3.WithCountOnly())
	if err != nil {
		return content{}, err
	}
	found := content{still: int(r.Count)}
	if r, err = c.Get(ctx, "changing", clientv3.WithPrefix()); err != nil {
		return content{}, err
	}
	for _, kv := range r.Kvs {
		n, err := numberOf(string(kv.Key), kv.Value)
		if err != nil {
			return content{}, err
		}
		found.last = max(found.last, n)
	}
	if found.still == 0 || len(r.Kvs) != changing {
		return content{}, fmt.Errorf("the database has %d still values and %d changing ones: want some, and %d", found.still, len(r.Kvs), changing)
	}
	return found, nil
}

// least returns which Put the key of Put number n has at least, when last is
// acknowledged.
func least(n, last uint64) uint64 {
	if back := (last - n) % changing; back <= last {
		return last - back
	}
	return 0
}

// numberOf verifies a value, and returns its number.
func numberOf(key string, v []byte) (uint64, error) {
	size := stillBytes
	if strings.HasPrefix(key, "changing") {
		size = changingBytes
	}
	n := value.Number(v)
	if err := value.Verify(v, n, size); err != nil {
		return 0, fmt.Errorf("key %s: %w", key, err)
	}
	if want := stillKey(int(n)); size == stillBytes && key != want {
		return 0, fmt.Errorf("key %s has the value of %s", key, want)
	}
	if want := changingKey(n); size == changingBytes && key != want {
		return 0, fmt.Errorf("key %s has a value of %s", key, want)
	}
	return n, nil
}
