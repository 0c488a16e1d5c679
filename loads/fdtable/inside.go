package main

import "hazptr/loads/internal/patch"

// inside are tests and benchmarks that run in gVisor's package kernel, which comes without its own. They follow those that its repository has (BenchmarkFDLookupAndDecRef and its concurrent kin).
var inside = patch.Add("pkg/sentry/kernel/hazptr_load_test.go", `package kernel

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"gvisor.dev/gvisor/pkg/abi/linux"
	"gvisor.dev/gvisor/pkg/context"
	"gvisor.dev/gvisor/pkg/sentry/kernel/auth"
	"gvisor.dev/gvisor/pkg/sentry/vfs"
)

// A loadFile tells when it has ended.
type loadFile struct {
	vfsfd vfs.FileDescription
	vfs.FileDescriptionDefaultImpl
	vfs.DentryMetadataFileDescriptionImpl
	vfs.NoLockFD
	value int
	ended atomic.Bool
	all   *atomic.Int64
}

func (f *loadFile) Release(context.Context) {
	f.ended.Store(true)
	f.all.Add(-1)
}

type loadTable struct {
	testing.TB
	ctx   context.Context
	vfs   *vfs.VirtualFilesystem
	table *FDTable
	alive atomic.Int64 // files
}

func newLoadTable(tb testing.TB) *loadTable {
	l := &loadTable{TB: tb, ctx: context.Background(), vfs: &vfs.VirtualFilesystem{}}
	if err := l.vfs.Init(l.ctx); err != nil {
		tb.Fatal(err)
	}
	k := &Kernel{}
	k.MaxFDLimit.Store(MaxFdLimit)
	l.table = k.NewFDTable()
	return l
}

// file returns a new file, with one reference.
func (l *loadTable) file() *loadFile {
	f := &loadFile{value: 1, all: &l.alive}
	vd := l.vfs.NewAnonVirtualDentry("load")
	defer vd.DecRef(l.ctx)
	if err := f.vfsfd.Init(f, linux.O_RDWR, auth.NewAnonymousCredentials(), vd.Mount(), vd.Dentry(), &vfs.FileDescriptionOptions{}); err != nil {
		l.Fatal(err)
	}
	l.alive.Add(1)
	return f
}

// open puts a new file into the table, which has its only reference.
func (l *loadTable) open() (int32, *loadFile) {
	f := l.file()
	fd, err := l.table.NewFD(l.ctx, 0, &f.vfsfd, FDFlags{})
	if err != nil {
		l.Fatal(err)
	}
	f.vfsfd.DecRef(l.ctx)
	return fd, f
}

// close takes a file out of the table and drops the reference.
func (l *loadTable) close(fd int32) {
	l.table.Remove(l.ctx, fd).DecRef(l.ctx)
}

// end drops the table. No file may be left.
func (l *loadTable) end() {
	l.table.DecRef(l.ctx)
	loadBarrier()
	if n := l.alive.Load(); n != 0 {
		l.Errorf("%d files are left", n)
	}
}

// Readers look files up while others close them and open others: no file may end while it is used.
func TestLoadFilesStay(t *testing.T) {
	l := newLoadTable(t)
	const slots = 8
	for range slots {
		l.open()
	}
	var stop atomic.Bool
	var looked, closed atomic.Int64
	var group sync.WaitGroup
	for way, look := range loadWays {
		for reader := range 2 {
			group.Add(1)
			go func() {
				defer group.Done()
				random := rand.New(rand.NewPCG(uint64(reader), 1))
				begin, end := look(l.table)
				defer end()
				for !stop.Load() {
					file, leave := begin(int32(random.IntN(slots)))
					if file == nil {
						continue
					}
					f := file.Impl().(*loadFile)
					for range random.IntN(2000) {
						if f.ended.Load() {
							t.Errorf("%s: a file has ended while it is used", way)
							stop.Store(true)
							break
						}
					}
					leave()
					looked.Add(1)
				}
			}()
		}
	}
	random := rand.New(rand.NewPCG(7, 1))
	for n := 0; n < loadCloses && !stop.Load(); n++ {
		fd := int32(random.IntN(slots))
		if random.IntN(4) == 0 {
			if err := l.table.SetFlags(l.ctx, fd, FDFlags{CloseOnExec: n%2 == 0}); err != nil {
				t.Error(err)
			}
			continue
		}
		l.close(fd)
		if got, _ := l.open(); got != fd {
			t.Errorf("opened %d, want the lowest, %d", got, fd)
		}
		closed.Add(1)
	}
	stop.Store(true)
	group.Wait()
	l.end()
	if looked.Load() < 1000 || closed.Load() < 1000 {
		if !t.Failed() {
			t.Errorf("%d lookups, %d files closed: nothing has happened", looked.Load(), closed.Load())
		}
	}
}

const loadCloses = 30_000

var loadSum atomic.Int64

func BenchmarkLoadLookup(b *testing.B) {
	for _, place := range []string{"same", "own"} {
		for way, lookups := range loadLookups {
			b.Run(place+"/"+way, func(b *testing.B) {
				l := newLoadTable(b)
				const slots = 64
				for range slots {
					l.open()
				}
				var number atomic.Int32
				b.RunParallel(func(pb *testing.PB) {
					fd := int32(0)
					if place == "own" {
						fd = number.Add(1) % slots
					}
					loadSum.Add(int64(lookups(l.table, fd, pb)))
				})
				b.StopTimer()
				l.end()
			})
		}
	}
}

// BenchmarkLoadReplace is dup2: another file takes the place of the one before. All files have a reference elsewhere.
func BenchmarkLoadReplace(b *testing.B) {
	l := newLoadTable(b)
	fd, first := l.open()
	files := []*loadFile{first, l.file()}
	first.vfsfd.IncRef()
	b.ResetTimer()
	for i := range b.N {
		before, err := l.table.NewFDAt(l.ctx, fd, &files[(i+1)%2].vfsfd, FDFlags{})
		if err != nil {
			b.Fatal(err)
		}
		before.DecRef(l.ctx)
	}
	b.StopTimer()
	for _, f := range files {
		f.vfsfd.DecRef(l.ctx)
	}
	l.end()
}

// BenchmarkLoadOpenClose opens a file and closes it, to its end.
func BenchmarkLoadOpenClose(b *testing.B) {
	l := newLoadTable(b)
	for range b.N {
		fd, _ := l.open()
		l.close(fd)
	}
	loadBarrier()
	b.StopTimer()
	l.end()
}
`)

var before = patch.Add("pkg/sentry/kernel/hazptr_original_test.go", `package kernel

import (
	"sync"
	"testing"

	"gvisor.dev/gvisor/pkg/context"
	"gvisor.dev/gvisor/pkg/sentry/vfs"
)

func loadBarrier() {}

type loadLook func(*FDTable) (begin func(fd int32) (*vfs.FileDescription, func()), end func())

var loadWays = map[string]loadLook{
	"references": loadByReference,
}

func loadByReference(t *FDTable) (func(int32) (*vfs.FileDescription, func()), func()) {
	return func(fd int32) (*vfs.FileDescription, func()) {
		file, _ := t.Get(fd)
		return file, func() { file.DecRef(context.Background()) }
	}, func() {}
}

var loadLookups = map[string]func(*FDTable, int32, *testing.PB) int{
	"references": loadReferences,
	"rwmutex":    loadRWMutex,
}

func loadReferences(t *FDTable, fd int32, pb *testing.PB) (sum int) {
	ctx := context.Background()
	for pb.Next() {
		file, _ := t.Get(fd)
		sum += file.Impl().(*loadFile).value
		file.DecRef(ctx)
	}
	return sum
}

var loadMu sync.RWMutex

// loadRWMutex is what the table would be with a read lock around each use of a file, which closers would take for writing.
func loadRWMutex(t *FDTable, fd int32, pb *testing.PB) (sum int) {
	for pb.Next() {
		loadMu.RLock()
		file, _, _ := t.get(fd)
		sum += file.Impl().(*loadFile).value
		loadMu.RUnlock()
	}
	return sum
}
`)

var after = patch.Add("pkg/sentry/kernel/hazptr_patched_test.go", `package kernel

import (
	"testing"

	"hazptr"
	"gvisor.dev/gvisor/pkg/context"
	"gvisor.dev/gvisor/pkg/sentry/vfs"
)

func loadBarrier() {
	if err := descriptors.Barrier(context.Background()); err != nil {
		panic(err)
	}
}

type loadLook func(*FDTable) (begin func(fd int32) (*vfs.FileDescription, func()), end func())

var loadWays = map[string]loadLook{
	"references": func(t *FDTable) (func(int32) (*vfs.FileDescription, func()), func()) {
		return func(fd int32) (*vfs.FileDescription, func()) {
			file, _ := t.Get(fd)
			return file, func() { file.DecRef(context.Background()) }
		}, func() {}
	},
	"hazptr": func(t *FDTable) (func(int32) (*vfs.FileDescription, func()), func()) {
		h := hazptr.NewHolder[descriptor]()
		return func(fd int32) (*vfs.FileDescription, func()) {
			file, _ := t.Borrow(h, fd)
			return file, h.Clear
		}, h.Close
	},
}

var loadLookups = map[string]func(*FDTable, int32, *testing.PB) int{
	"references": func(t *FDTable, fd int32, pb *testing.PB) (sum int) {
		ctx := context.Background()
		for pb.Next() {
			file, _ := t.Get(fd)
			sum += file.Impl().(*loadFile).value
			file.DecRef(ctx)
		}
		return sum
	},
	"hazptr": func(t *FDTable, fd int32, pb *testing.PB) (sum int) {
		h := hazptr.NewHolder[descriptor]()
		defer h.Close()
		for pb.Next() {
			file, _ := t.Borrow(h, fd)
			sum += file.Impl().(*loadFile).value
			h.Clear()
		}
		return sum
	},
}

// A task borrows for the length of a system call.
func TestLoadTaskBorrows(t *testing.T) {
	l := newLoadTable(t)
	fd, f := l.open()
	task := &Task{fdTable: l.table}
	if file := task.BorrowFile(fd); file != &f.vfsfd {
		t.Fatalf("borrowed %p, want %p", file, &f.vfsfd)
	}
	l.close(fd)
	other, _ := l.open() // takes the slot
	if err := descriptors.Flush(l.ctx); err != nil {
		t.Fatal(err)
	}
	if f.ended.Load() {
		t.Error("a file has ended that is borrowed")
	}
	task.ReturnFile()
	loadBarrier()
	if !f.ended.Load() {
		t.Error("a file that was returned has not ended")
	}
	l.close(other)
	for _, none := range []int32{fd, -1, 1 << 20} {
		if file := task.BorrowFile(none); file != nil {
			t.Errorf("%d: borrowed %p", none, file)
		}
		task.ReturnFile()
	}
	task.borrowed.Close()
	l.end()
}
`)
