package pebble

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	loadKeys      = 20_000
	loadValueSize = 200
)

func loadKey(i int) []byte { return []byte(fmt.Sprintf("key-%08d", i)) }

// loadValue tells its key and how often it was written.
func loadValue(i int, n uint64) []byte {
	value := bytes.Repeat([]byte{byte(i)}, loadValueSize)
	binary.LittleEndian.PutUint64(value, uint64(i))
	binary.LittleEndian.PutUint64(value[8:], n)
	return value
}

func loadCheck(i int, value []byte) error {
	if len(value) != loadValueSize || binary.LittleEndian.Uint64(value) != uint64(i) {
		return fmt.Errorf("key %d has another's value", i)
	}
	for _, b := range value[16:] {
		if b != byte(i) {
			return fmt.Errorf("key %d has a value that was overwritten", i)
		}
	}
	return nil
}

func newLoadDB(tb testing.TB) *DB {
	d, err := Open("", &Options{FS: vfs.NewMem(), Logger: loadLogger{tb}, MemTableSize: 1 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range loadKeys {
		if err := d.Set(loadKey(i), loadValue(i, 0), NoSync); err != nil {
			tb.Fatal(err)
		}
	}
	if err := d.Flush(); err != nil {
		tb.Fatal(err)
	}
	return d
}

type loadLogger struct{ testing.TB }

func (l loadLogger) Infof(string, ...interface{})              {}
func (l loadLogger) Errorf(format string, args ...interface{}) { l.TB.Errorf(format, args...) }
func (l loadLogger) Fatalf(format string, args ...interface{}) { panic(fmt.Sprintf(format, args...)) }

// loadWriter overwrites keys until it is stopped, 20,000 a second: memtables
// rotate, are flushed and compacted.
func loadWriter(tb testing.TB, d *DB) (stop func() int) {
	var stopped atomic.Bool
	done := make(chan int)
	go func() {
		random := rand.New(rand.NewPCG(3, 3))
		n := 0
		for ; !stopped.Load(); n++ {
			if n%200 == 0 {
				time.Sleep(10 * time.Millisecond)
			}
			i := random.IntN(loadKeys)
			if err := d.Set(loadKey(i), loadValue(i, uint64(n)), NoSync); err != nil {
				tb.Error(err)
				break
			}
		}
		done <- n
	}()
	return func() int {
		stopped.Store(true)
		return <-done
	}
}

func loadGet(d *DB, i int) error {
	value, closer, err := d.Get(loadKey(i))
	if err != nil {
		return err
	}
	if err := loadCheck(i, value); err != nil {
		return err
	}
	return closer.Close()
}

func loadSeek(d *DB, i int) error {
	iter, err := d.NewIter(nil)
	if err != nil {
		return err
	}
	for j := i; j < i+3 && j < loadKeys; j++ {
		if j == i && !iter.SeekGE(loadKey(i)) || j > i && !iter.Next() {
			return fmt.Errorf("key %d is not there", j)
		}
		if err := loadCheck(j, iter.Value()); err != nil {
			return err
		}
	}
	return iter.Close()
}

// A state that is held must not lose its last reference, values must be right,
// and nothing may be left.
func TestLoadStatesStay(t *testing.T) {
	d := newLoadDB(t)
	stopWriter := loadWriter(t, d)
	var stop atomic.Bool
	var held, read atomic.Int64
	var group sync.WaitGroup
	run := func(do func(random *rand.Rand) error) {
		group.Add(1)
		go func() {
			defer group.Done()
			random := rand.New(rand.NewPCG(5, 5))
			for !stop.Load() {
				if err := do(random); err != nil {
					t.Error(err)
					stop.Store(true)
				}
			}
		}()
	}
	run(func(random *rand.Rand) error {
		s, leave := loadHold(d)
		for range random.IntN(5000) {
			if s.refcnt.Load() <= 0 {
				return fmt.Errorf("a readState has ended while it is held")
			}
		}
		leave()
		held.Add(1)
		return nil
	})
	run(func(random *rand.Rand) error { read.Add(1); return loadGet(d, random.IntN(loadKeys)) })
	run(func(random *rand.Rand) error { read.Add(1); return loadSeek(d, random.IntN(loadKeys)) })
	// A clone outlives what it is cloned from.
	run(func(random *rand.Rand) error {
		first, err := d.NewIter(nil)
		if err != nil {
			return err
		}
		second, err := first.Clone(CloneOptions{})
		if err != nil {
			return err
		}
		if err := first.Close(); err != nil {
			return err
		}
		i := random.IntN(loadKeys)
		if !second.SeekGE(loadKey(i)) {
			return fmt.Errorf("key %d is not there", i)
		}
		if err := loadCheck(i, second.Value()); err != nil {
			return err
		}
		return second.Close()
	})
	deadline := time.Now().Add(30 * time.Second)
	for updates := 0; (updates < 3000 || held.Load() < 100 || read.Load() < 1000) && !stop.Load() && time.Now().Before(deadline); updates++ {
		d.mu.Lock()
		d.updateReadStateLocked(nil)
		d.mu.Unlock()
	}
	stop.Store(true)
	group.Wait()
	stopWriter()
	if t.Failed() {
		return // closing may hang
	}
	if held.Load() < 10 || read.Load() < 100 {
		t.Errorf("%d states held, %d values read: nothing has happened", held.Load(), read.Load())
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func benchmarkLoad(b *testing.B, do func(d *DB, i int) error) {
	d := newLoadDB(b)
	stopWriter := loadWriter(b, d)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		random := rand.New(rand.NewPCG(rand.Uint64(), 1))
		for pb.Next() {
			if err := do(d, random.IntN(loadKeys)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	stopWriter()
	if err := d.Close(); err != nil {
		b.Error(err)
	}
}

func BenchmarkLoadGet(b *testing.B) { benchmarkLoad(b, loadGet) }

func BenchmarkLoadSeek(b *testing.B) { benchmarkLoad(b, loadSeek) }
