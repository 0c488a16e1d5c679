package kernel

import (
	"sync/atomic"
	"testing"

	"gvisor.dev/gvisor/pkg/context"
	"gvisor.dev/gvisor/pkg/sentry/vfs"
	"hazptr"
	"hazptr/percpuref"
)

func loadBarrier() {
	if err := descriptors.Barrier(context.Background()); err != nil {
		panic(err)
	}
}

var loadLooks = map[string]loadLook{
	"references": loadReferences,
	"hazptr": func(t *FDTable) (func(int32) (*vfs.FileDescription, func()), func()) {
		h := hazptr.NewHolder[descriptor]()
		return func(fd int32) (*vfs.FileDescription, func()) {
			file, _ := t.Borrow(h, fd)
			return file, h.Clear
		}, h.Close
	},
}

var loadUsers = map[string]func(*loadTable) func() loadUser{
	"references": loadReferenceUser,
	"hazptr": func(l *loadTable) func() loadUser {
		return func() loadUser {
			h := hazptr.NewHolder[descriptor]()
			return loadUser{
				look: func(fd int32, n int) (sum int) {
					for range n {
						file, _ := l.table.Borrow(h, fd)
						sum += file.Impl().(*loadFile).value
						h.Clear()
					}
					return sum
				},
				replace: l.dup2,
				end:     h.Close,
			}
		}
	},
	"percpu_ref": newLoadCounted,
}

// A loadCounted is what a descriptor would be whose users are counted for each
// P.
type loadCounted struct {
	file *vfs.FileDescription
	ref  *percpuref.Ref
}

// newLoadCounted has a table of one level: the lookup is shorter than FDTable's
// by two loads.
func newLoadCounted(l *loadTable) func() loadUser {
	newOne := func(file *vfs.FileDescription) *loadCounted {
		file.IncRef()
		return &loadCounted{file, percpuref.New(func() { file.DecRef(l.ctx) })}
	}
	table := make([]atomic.Pointer[loadCounted], loadSlots)
	for fd := range table {
		if file, _ := l.table.Get(int32(fd)); file != nil {
			table[fd].Store(newOne(file))
			file.DecRef(l.ctx)
		}
	}
	l.atEnd = func() {
		for fd := range table {
			if d := table[fd].Swap(nil); d != nil {
				d.ref.Kill()
			}
		}
	}
	return func() loadUser {
		return loadUser{
			look: func(fd int32, n int) (sum int) {
				for range n {
					d := table[fd].Load()
					for !d.ref.TryGetLive() {
						d = table[fd].Load()
					}
					sum += d.file.Impl().(*loadFile).value
					d.ref.Put()
				}
				return sum
			},
			replace: func(fd int32, file *loadFile) {
				if before := table[fd].Swap(newOne(&file.vfsfd)); before != nil {
					before.ref.Kill()
				}
			},
			end: func() {},
		}
	}
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
