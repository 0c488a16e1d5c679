package kernel

import (
	"math/rand/v2"
	"runtime"
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
	atEnd func()
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
	if l.atEnd != nil {
		l.atEnd()
	}
	l.table.DecRef(l.ctx)
	loadBarrier()
	if n := l.alive.Load(); n != 0 {
		l.Errorf("%d files are left", n)
	}
}

// A loadLook is a goroutine's way to look a file up; what begins leaves it.
type loadLook func(*FDTable) (begin func(fd int32) (*vfs.FileDescription, func()), end func())

func loadReferences(t *FDTable) (func(int32) (*vfs.FileDescription, func()), func()) {
	return func(fd int32) (*vfs.FileDescription, func()) {
		file, _ := t.Get(fd)
		return file, func() { file.DecRef(context.Background()) }
	}, func() {}
}

// Readers look files up while others close them and open others: no file may
// end while it is used.
func TestLoadFilesStay(t *testing.T) {
	l := newLoadTable(t)
	const slots = 8
	for range slots {
		l.open()
	}
	var stop atomic.Bool
	var looked, closed atomic.Int64
	var group sync.WaitGroup
	for way, look := range loadLooks {
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

// A loadUser is a goroutine's way to the table.
type loadUser struct {
	// look makes n lookups, and returns the sum of the files' values.
	look func(fd int32, n int) int

	replace func(fd int32, file *loadFile)
	end     func()
}

func loadReferenceUser(l *loadTable) func() loadUser {
	return func() loadUser {
		return loadUser{
			look: func(fd int32, n int) (sum int) {
				for range n {
					file, _ := l.table.Get(fd)
					sum += file.Impl().(*loadFile).value
					file.DecRef(l.ctx)
				}
				return sum
			},
			replace: l.dup2,
			end:     func() {},
		}
	}
}

// dup2 puts a file into another's place.
func (l *loadTable) dup2(fd int32, file *loadFile) {
	before, err := l.table.NewFDAt(l.ctx, fd, &file.vfsfd, FDFlags{})
	if err != nil {
		panic(err)
	}
	before.DecRef(l.ctx)
}

const loadSlots = 64

// loadParallel runs b.N lookups on all CPUs, by users that look a file up some
// times and then, if they are to, replace it.
func loadParallel(b *testing.B, newUser func(*loadTable) func() loadUser, own, replaces bool) {
	batch := 1000
	if replaces {
		batch = 100
	}
	l := newLoadTable(b)
	for range loadSlots {
		l.open()
	}
	// Each has its own: a file that is replaced by itself is none.
	files := make([][2]*loadFile, runtime.GOMAXPROCS(0))
	for i := range files {
		files[i] = [2]*loadFile{l.file(), l.file()}
	}
	newOne := newUser(l)
	var left, sum atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	b.ResetTimer()
	for number, mine := range files {
		group.Add(1)
		go func() {
			defer group.Done()
			u := newOne()
			defer u.end()
			fd := int32(0)
			if own {
				// Neighbours in memory may share a cache line.
				fd = int32(number*8) % loadSlots
			}
			found := 0
			for turn := 0; ; turn++ {
				n := batch
				if rest := left.Add(-int64(batch)); rest < 0 {
					n += int(rest)
				}
				if n <= 0 {
					break
				}
				found += u.look(fd, n)
				if replaces {
					u.replace(fd, mine[turn%2])
				}
			}
			sum.Add(int64(found))
		}()
	}
	group.Wait()
	b.StopTimer()
	if sum.Load() != int64(b.N) {
		b.Errorf("%d lookups found %d files", b.N, sum.Load())
	}
	for _, mine := range files {
		mine[0].vfsfd.DecRef(l.ctx)
		mine[1].vfsfd.DecRef(l.ctx)
	}
	l.end()
}

func BenchmarkLoadLookup(b *testing.B) {
	for way, newUser := range loadUsers {
		b.Run("same/"+way, func(b *testing.B) { loadParallel(b, newUser, false, false) })
		b.Run("own/"+way, func(b *testing.B) { loadParallel(b, newUser, true, false) })
		b.Run("replaced/"+way, func(b *testing.B) { loadParallel(b, newUser, false, true) })
	}
}

// BenchmarkLoadReplace is dup2: another file takes the place of the one before.
// All files have a reference elsewhere.
func BenchmarkLoadReplace(b *testing.B) {
	for way, newUser := range loadUsers {
		b.Run(way, func(b *testing.B) {
			l := newLoadTable(b)
			fd, _ := l.open()
			files := [2]*loadFile{l.file(), l.file()}
			u := newUser(l)()
			b.ResetTimer()
			for i := range b.N {
				u.replace(fd, files[i%2])
			}
			b.StopTimer()
			u.end()
			for _, f := range files {
				f.vfsfd.DecRef(l.ctx)
			}
			l.end()
		})
	}
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

// BenchmarkLoadFork is a process that begins with another's files, and exits: a
// table that grows, from nothing to two buckets, and is dropped.
func BenchmarkLoadFork(b *testing.B) {
	l := newLoadTable(b)
	for range loadSlots - 1 {
		l.open()
	}
	last := l.file()
	if _, err := l.table.NewFDAt(l.ctx, fdsPerBucket, &last.vfsfd, FDFlags{}); err != nil {
		b.Fatal(err)
	}
	last.vfsfd.DecRef(l.ctx)
	b.ResetTimer()
	for range b.N {
		l.table.Fork(l.ctx, MaxFdLimit).DecRef(l.ctx)
	}
	loadBarrier()
	b.StopTimer()
	l.end()
}
