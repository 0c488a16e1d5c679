package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// A snapshot is one that a client has begun to read, into a file.
type snapshot struct {
	from io.ReadCloser
	to   *os.File
}

// begun is what the client reads before it does nothing for a while.
const begun = 1 << 10

// beginSnapshot asks for a snapshot, and reads its beginning.
func beginSnapshot(ctx context.Context, c *clientv3.Client, file string) (*snapshot, error) {
	to, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	from, err := c.Snapshot(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a snapshot: %w", err), to.Close())
	}
	s := &snapshot{from, to}
	if _, err := io.CopyN(to, from, begun); err != nil {
		return nil, errors.Join(fmt.Errorf("a snapshot: %w", err), s.close())
	}
	return s, nil
}

// finish reads the rest after a while.
func (s *snapshot) finish(ctx context.Context, after time.Duration) error {
	err := sleep(ctx, after)
	if err == nil {
		_, err = io.Copy(s.to, s.from)
	}
	return errors.Join(err, s.close())
}

func (s *snapshot) close() error { return errors.Join(s.from.Close(), s.to.Close()) }

// checkSnapshot checks the file of a snapshot: its digest, which etcd has sent
// behind it, and the database, which must have so many values at least.
func checkSnapshot(file string, atLeast int) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size() - sha256.Size
	digest := sha256.New()
	if _, err := io.CopyN(digest, f, size); err != nil {
		return fmt.Errorf("the snapshot: %w", err)
	}
	sent, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if sum := digest.Sum(nil); string(sum) != string(sent) {
		return fmt.Errorf("the snapshot: its digest is %x, and the server's was %x", sum, sent)
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	values, err := checkFile(file)
	if err == nil && values < atLeast {
		err = fmt.Errorf("it has %d values, want %d", values, atLeast)
	}
	if err != nil {
		return fmt.Errorf("the snapshot: %w", err)
	}
	return nil
}
