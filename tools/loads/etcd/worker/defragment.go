package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"hazptr/tools/loads/etcd/internal/figures"
)

// around is for how long clients run before a Defragment, and after all that
// holds the replaced file.
const around = 500 * time.Millisecond

// defragment has the server defragment its database beside clients.
func (w *work) defragment(ctx context.Context, stdout io.Writer) (*figures.Figures, error) {
	data, err := filepath.EvalSymlinks(w.Data) // as the kernel names it
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, data)
	if err != nil {
		return nil, err
	}
	defer s.close()
	c, err := s.dial()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	has, err := contentOf(ctx, c)
	if err != nil {
		return nil, err
	}
	hash, revision, err := s.hash(ctx, c, 0)
	if err != nil {
		return nil, err
	}
	say := func(n uint64) error { return nil }
	if w.Say {
		say = func(n uint64) error { _, err := fmt.Fprintln(stdout, "acknowledged", n); return err }
		if _, err := fmt.Fprintln(stdout, "hash", revision, hash); err != nil {
			return nil, err
		}
	}

	f := figures.New(time.Now())
	d := &disk{data: data}
	if err := w.beside(ctx, s, has, f, say, func(ctx context.Context) error { return w.once(ctx, s, has, f, d) }); err != nil {
		return nil, err
	}
	f.Database, f.DiskMost = s.etcd.Server.Backend().Size(), d.most
	if now, _, err := s.hash(ctx, c, revision); err != nil {
		return nil, err
	} else if now != hash {
		return nil, fmt.Errorf("etcd's hash of revision %d was %d, and is %d after Defragment", revision, hash, now)
	}
	return f, nil
}

// beside runs do beside clients, which end after it.
func (w *work) beside(ctx context.Context, s *server, has content, f *figures.Figures, say func(uint64) error, do func(context.Context) error) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var all sync.WaitGroup
	defer all.Wait()
	defer end(nil)
	var acked atomic.Uint64
	acked.Store(has.last)
	over := errors.New("it is over")
	run := func(requests *figures.Requests, run func(*client) error) error {
		c, err := s.dial()
		if err != nil {
			return err
		}
		all.Go(func() {
			defer c.Close()
			if err := run(&client{c, has, &acked, requests}); err != nil {
				end(err)
			}
		})
		return nil
	}
	err := errors.Join(
		run(f.Serializable, func(c *client) error { return c.gets(ctx, clientv3.WithSerializable()) }),
		run(f.Linearizable, func(c *client) error { return c.gets(ctx) }),
	)
	if w.Puts {
		err = errors.Join(err, run(f.Puts, func(c *client) error { return c.puts(ctx, say) }))
	}
	if err != nil {
		return err
	}
	// Until there is something to lose.
	for w.Puts && err == nil && acked.Load() == has.last {
		err = sleep(ctx, time.Millisecond)
	}
	if err == nil {
		err = do(ctx)
	}
	if err == nil {
		err = over
	}
	end(err)
	all.Wait()
	if cause := context.Cause(ctx); cause != over {
		return cause
	}
	return nil
}

// once has the server defragment its database once, beside a snapshot if there
// is to be one, and waits until the space of the replaced file has come back.
func (w *work) once(ctx context.Context, s *server, has content, f *figures.Figures, d *disk) error {
	c, err := s.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() { d.watch(ctx) })

	file := filepath.Join(w.Data, "snapshot")
	taken := make(chan error, 1)
	if w.Hold > 0 {
		began := time.Now()
		defer os.Remove(file)
		r, err := beginSnapshot(ctx, c, file)
		if err != nil {
			return err
		}
		all.Go(func() {
			err := r.finish(ctx, w.Hold)
			f.Snapshot = time.Since(began)
			taken <- err
		})
	} else {
		taken <- nil
	}
	if err := sleep(ctx, around); err != nil {
		return err
	}

	began := time.Now()
	if _, err := c.Defragment(ctx, s.endpoint); err != nil {
		return fmt.Errorf("the Defragment: %w", err)
	}
	returned := time.Now()
	f.Defragment = returned.Sub(began)
	if err := <-taken; err != nil {
		return err
	}
	if err := d.freed(ctx); err != nil {
		return err
	}
	f.Kept = time.Since(returned)
	if err := sleep(ctx, around); err != nil || w.Hold == 0 {
		return err
	}
	return checkSnapshot(file, has.still+changing)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
