package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"

	"hazptr/tools/loads/etcd/internal/figures"
)

// A client sends requests of one kind, and belongs to one goroutine.
type client struct {
	*clientv3.Client
	content  content
	acked    *atomic.Uint64 // the last Put, for all
	requests *figures.Requests
}

// request notes how long do takes. That the server gives up after its own time
// limit is a latency as any other.
func (c *client) request(ctx context.Context, do func() error) error {
	began := time.Now()
	err := do()
	if ctx.Err() != nil {
		return nil // cut off
	}
	ended := time.Now()
	c.requests.Record(ended, ended.Sub(began))
	if e := (rpctypes.EtcdError{}); errors.As(err, &e) && (e.Code() == codes.Unavailable || e.Code() == codes.DeadlineExceeded) {
		c.requests.Failed++
		return nil
	}
	return err
}

// Pauses between requests leave the CPUs time for the copy.
const (
	betweenGets = time.Millisecond
	betweenPuts = 20 * time.Millisecond
)

// gets reads still and changing values by turns, until ctx ends or one is
// wrong.
func (c *client) gets(ctx context.Context, options ...clientv3.OpOption) error {
	for still := true; ctx.Err() == nil; still = !still {
		key, n := "", rand.Uint64N(changing)
		if still {
			n = rand.Uint64N(uint64(c.content.still))
			key = stillKey(int(n))
		} else {
			key, n = changingKey(n), least(n, c.acked.Load())
		}
		if err := c.request(ctx, func() error { return c.get(ctx, key, n, options) }); err != nil {
			return err
		}
		_ = sleep(ctx, betweenGets)
	}
	return nil
}

// get reads a value, which must have that number or a later one.
func (c *client) get(ctx context.Context, key string, atLeast uint64, options []clientv3.OpOption) error {
	r, err := c.Get(ctx, key, options...)
	if err != nil {
		return err
	}
	if len(r.Kvs) != 1 {
		return fmt.Errorf("key %s is missing", key)
	}
	n, err := numberOf(key, r.Kvs[0].Value)
	if err == nil && n < atLeast {
		err = fmt.Errorf("key %s has the value of Put %d, but %d was acknowledged", key, n, atLeast)
	}
	return err
}

// puts replaces changing values, until ctx ends.
func (c *client) puts(ctx context.Context, say func(n uint64) error) error {
	for n := c.content.last + 1; ctx.Err() == nil; n++ {
		before := c.requests.Failed
		if err := c.request(ctx, func() error {
			_, err := c.Put(ctx, changingKey(n), makeValue(changingBytes, n))
			return err
		}); err != nil || ctx.Err() != nil {
			return err
		}
		if c.requests.Failed > before {
			// Perhaps it is there, perhaps it isn't: the next one is the same.
			n--
			continue
		}
		c.acked.Store(n)
		if err := say(n); err != nil {
			return err
		}
		_ = sleep(ctx, betweenPuts)
	}
	return nil
}
