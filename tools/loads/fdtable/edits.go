package main

import "hazptr/tools/loads/internal/patch"

// edits let a task look a file up by a hazard pointer of its own, in place of a
// reference.
//
// In gVisor, FDTable.Get finds a descriptor and takes a reference to its file,
// which is two locked operations, so that a file whose count has fallen to zero
// meanwhile is not revived; the caller drops it, which is the third. They are
// there for a close that comes in between. What is added is FDTable.Borrow,
// which protects the descriptor instead.
//
//   - A descriptor that is in a table never changes; to close a file, or to set
//     its flags, is to put another descriptor, or none, into its slot. Now each
//     descriptor has a reference to its file for as long as it lives: set takes
//     one for the new descriptor and retires the old one, whose reference is
//     dropped when no hazard pointer holds it. (Where a descriptor's flags
//     alone change, the reference went on to the next one, of the same file. It
//     can't now: what borrowed the old one knows nothing of the next.)
//   - The caller that removes a descriptor was given the table's reference, to
//     drop it. Now set takes a reference for it, and the table's is dropped at
//     the descriptor's end. So a file ends when the last of the two has gone,
//     and all that have borrowed it.
//   - Get stays for callers that keep a file: it is as it was. The holder of a
//     reference can't tell the difference.
//   - A task borrows one file at a time, on its own goroutine, with one Holder,
//     which is made at the first use and closed when the task exits. A system
//     call that blocks, or hands the file to another goroutine, must take a
//     reference; lseek is the one that is changed here.
//   - What changes: a file that is closed ends some time after close(2) has
//     returned: at once when the closing task would have dropped the last
//     reference, before; now by the domain's worker, as soon as it has seen
//     that no task borrows. A task that closes a file and then unmounts its
//     file system, or wants the lock that the file had, may come too early. To
//     be sure that all have ended takes a Barrier: there is one before a kernel
//     is saved, when no task runs, since the counts of files are saved, too,
//     and one before it is released, which looks for leaks.
//   - The goroutine that drops the last reference was a task's; now it is a
//     worker's, and its context is Background. FileDescription.DecRef says that
//     the reference may be any caller's.
//   - The domain's worker has a fence of the kernel's, membarrier(2), which a
//     sandbox's seccomp filter must let through. It lets another of its
//     commands through already.
//
// Why a Holder: a task has one goroutine for its life, and Protect on one is
// inlined; a Guard, which may be released elsewhere, would do for calls that
// block, at some nanoseconds more.
//
// A table's first level is a slice that grows; readers find the old one or the
// new one, both of which have the same buckets. It is left to the garbage
// collector, as buckets are.
var edits = []patch.Edit{
	patch.Import(tableFile, "gvisor.dev/gvisor/pkg/context", "hazptr", "sync/atomic"),
	patch.File(tableFile).Replace("type descriptorBucket [fdsPerBucket]descriptorAtomicPtr", "type descriptorBucket [fdsPerBucket]atomic.Pointer[descriptor]"),
	set.Replace("if orig == nil || desc.file != orig.file { desc.file.IncRef() }", "desc.file.IncRef()"),
	set.Replace(`if orig != nil && orig.file != nil {
		if desc == nil || desc.file != orig.file {
			return orig.file
		}
	}
	return nil`, `if orig == nil {
		return nil
	}
	var removed *vfs.FileDescription
	if desc == nil || desc.file != orig.file {
		removed = orig.file
		removed.IncRef() // the caller's
	}
	hazptr.RetireIn(descriptors, orig, 0, (*descriptor).end)
	return removed`),
	patch.Append(tableFile, `
// descriptors ends the replaced ones of all tables.
var descriptors = hazptr.NewDomain(hazptr.Config{Name: "fdtable"})

// end drops the descriptor's reference, when no task borrows it.
func (d *descriptor) end() { d.file.DecRef(context.Background()) }

// Borrow returns the file and the flags of an FD, or nil. The file stays until h protects something else, or nothing.
func (f *FDTable) Borrow(h *hazptr.Holder[descriptor], fd int32) (*vfs.FileDescription, FDFlags) {
	slice := *f.slice.Load()
	bucketN := uint32(fd) >> fdsPerBucketShift // a negative one is beyond all
	if bucketN >= uint32(len(slice)) {
		return nil, FDFlags{}
	}
	bucket := slice[bucketN].Load()
	if bucket == nil {
		return nil, FDFlags{}
	}
	d := h.Protect(&bucket[fd&fdsPerBucketMask])
	if d == nil {
		return nil, FDFlags{}
	}
	return d.file, d.flags
}
`),

	patch.Import("pkg/sentry/kernel/task.go", "hazptr"),
	patch.Struct("pkg/sentry/kernel/task.go", "Task").Field("fdTable", `// fdTable is the task's file descriptor table.
	//
	// fdTable is protected by mu, and is owned by the task goroutine.
	fdTable *FDTable

	// borrowed holds the file that a system call uses, if it needs no reference. It is the task goroutine's.
	borrowed *hazptr.Holder[descriptor] `+"`state:\"nosave\"`"),
	patch.Append("pkg/sentry/kernel/task.go", `
// BorrowFile is GetFile for a system call that doesn't block. The file stays until ReturnFile.
func (t *Task) BorrowFile(fd int32) *vfs.FileDescription {
	if t.borrowed == nil {
		t.borrowed = hazptr.NewHolder[descriptor]()
	}
	file, _ := t.fdTable.Borrow(t.borrowed, fd)
	return file
}

// ReturnFile ends what BorrowFile began.
func (t *Task) ReturnFile() { t.borrowed.Clear() }
`),
	patch.Func("pkg/sentry/kernel/task_exit.go", "(*runExitMain).execute").Before("t.fdTable.DecRef(t)", `if t.borrowed != nil {
		t.borrowed.Close()
		t.borrowed = nil
	}`),
	lseek.Replace("file := t.GetFile(fd)", "file := t.BorrowFile(fd)"),
	lseek.Replace("defer file.DecRef(t)", "defer t.ReturnFile()"),

	save.Before("saveStart := time.Now()", `if err := descriptors.Barrier(ctx); err != nil {
		return fmt.Errorf("files that are closed: %w", err)
	}`),
	release.Before("k.releaseCgroupMounts(ctx)", `if err := descriptors.Barrier(ctx); err != nil {
		log.Warningf("Files that are closed: %v", err)
	}`),
	patch.File("runsc/boot/filter/config/config_main.go").Replace(`unix.SYS_MEMBARRIER: seccomp.PerArg{
		seccomp.EqualTo(linux.MEMBARRIER_CMD_GLOBAL),
		seccomp.EqualTo(0),
	},`, `unix.SYS_MEMBARRIER: seccomp.Or{
		seccomp.PerArg{
			seccomp.EqualTo(linux.MEMBARRIER_CMD_GLOBAL),
			seccomp.EqualTo(0),
		},
		seccomp.PerArg{
			seccomp.EqualTo(linux.MEMBARRIER_CMD_PRIVATE_EXPEDITED),
			seccomp.EqualTo(0),
		},
	},`),
}

const (
	tableFile  = "pkg/sentry/kernel/fd_table_unsafe.go"
	kernelFile = "pkg/sentry/kernel/kernel.go"
)

var (
	set     = patch.Func(tableFile, "(*FDTable).set")
	lseek   = patch.Func("pkg/sentry/syscalls/linux/sys_read_write.go", "Lseek")
	save    = patch.Func(kernelFile, "(*Kernel).SaveTo")
	release = patch.Func(kernelFile, "(*Kernel).Release")
)

// busted breaks the patch's rule: the reference is dropped at once, also while
// a task borrows.
var busted = set.Replace("hazptr.RetireIn(descriptors, orig, 0, (*descriptor).end)", "orig.end()")
