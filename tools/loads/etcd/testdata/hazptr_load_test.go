package backend

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"go.uber.org/zap"
)

type loadBucket struct{}

func (loadBucket) ID() BucketID            { return 1000 }
func (loadBucket) Name() []byte            { return []byte("load") }
func (loadBucket) String() string          { return "load" }
func (loadBucket) IsSafeRangeBucket() bool { return true }

func loadKey(i uint64) []byte { return binary.BigEndian.AppendUint64(nil, i) }

// TestLoadDefrag defragments beside a writer, readers, snapshots and hashes.
// Each must find all that was written before it began.
func TestLoadDefrag(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg := DefaultBackendConfig(zap.NewExample(zap.IncreaseLevel(zap.ErrorLevel)))
	cfg.Path, cfg.BatchInterval, cfg.MmapSize, cfg.UnsafeNoFsync = filepath.Join(folder, "db"), time.Millisecond, 64<<20, true
	b := New(cfg)
	var written atomic.Uint64 // keys from 0 on
	put := func() {
		tx := b.BatchTx()
		tx.LockOutsideApply()
		n := written.Load()
		tx.UnsafeSeqPut(loadBucket{}, loadKey(n), loadKey(n))
		tx.Unlock()
		written.Store(n + 1)
	}
	tx := b.BatchTx()
	tx.LockOutsideApply()
	tx.UnsafeCreateBucket(loadBucket{})
	tx.Unlock()
	for range 1000 {
		put()
	}
	b.ForceCommit()

	stop := make(chan struct{})
	var all sync.WaitGroup
	var did [4]atomic.Int64
	loop := func(which int, do func() error) {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := do(); err != nil {
					t.Error(err)
					return
				}
				did[which].Add(1)
			}
		}()
	}
	loop(0, func() error { put(); return nil })
	loop(1, func() error {
		want := written.Load()
		r := b.ConcurrentReadTx()
		r.RLock()
		defer r.RUnlock()
		for _, i := range []uint64{0, want / 2, want - 1} {
			if _, values := r.UnsafeRange(loadBucket{}, loadKey(i), nil, 1); len(values) != 1 || string(values[0]) != string(loadKey(i)) {
				return fmt.Errorf("key %d of %d: %x", i, want, values)
			}
		}
		return nil
	})
	loop(2, func() error {
		want := written.Load()
		s := b.Snapshot()
		file := filepath.Join(folder, "snapshot")
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		if _, err := s.WriteTo(f); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		db, err := bolt.Open(file, 0o600, &bolt.Options{NoSync: true})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.View(func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				return fmt.Errorf("a snapshot: %w", err)
			}
			n := uint64(0)
			if err := tx.Bucket(loadBucket{}.Name()).ForEach(func(_, _ []byte) error { n++; return nil }); err != nil || n < want {
				return fmt.Errorf("a snapshot has %d of %d keys: %v", n, want, err)
			}
			return nil
		})
	})
	loop(3, func() error { _, err := b.Hash(nil); return err })

	// On a machine that is busy with other things it takes longer until all did
	// something.
	for defrags := 0; defrags < 30 || did[0].Load() == 0 || did[1].Load() == 0 || did[2].Load() < 10 || did[3].Load() < 10; defrags++ {
		if err := b.Defrag(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			break
		}
	}
	close(stop)
	all.Wait()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	// Where there are none, that isn't looked at.
	descriptors, _ := os.ReadDir("/proc/self/fd")
	for _, d := range descriptors {
		if path, _ := os.Readlink(filepath.Join("/proc/self/fd", d.Name())); strings.HasPrefix(path, folder) {
			t.Errorf("%s is open after Close", path)
		}
	}

	if t.Failed() {
		return
	}
	db, err := bolt.Open(cfg.Path, 0o600, &bolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bolt.Tx) error {
		for i := range written.Load() {
			if got := tx.Bucket(loadBucket{}.Name()).Get(loadKey(i)); string(got) != string(loadKey(i)) {
				return fmt.Errorf("key %d of %d: %x", i, written.Load(), got)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
