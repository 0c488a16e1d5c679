package retired

import (
	"context"
	"log"
	"sync/atomic"

	"hazptr"
)

type file struct {
	name   string
	ended  atomic.Bool
	parent *file
}

func (f *file) Close()         { f.name = "" }
func (f *file) isClosed() bool { return f.ended.Load() }

var (
	source  atomic.Pointer[file]
	current hazptr.Pointer[file]
	domain  = hazptr.NewDomain(hazptr.Config{})
)

func closeFile(f *file) { f.Close() }

func read(next *file) {
	old := source.Swap(next)
	hazptr.Retire(old, closeFile)
	log.Print(old.name) // want `the object is used after it was retired at line 30`
}

func called(next *file) {
	old := source.Swap(next)
	hazptr.RetireIn(domain, old, 100, closeFile)
	old.Close() // want `the object is used after it was retired at line 36`
}

func written(next *file) {
	old := source.Swap(next)
	hazptr.Retire(old, closeFile)
	old.parent = nil // want `the object is used after it was retired at line 42`
}

func twice(next *file) {
	old := source.Swap(next)
	hazptr.Retire(old, closeFile)
	if next == nil {
		hazptr.Retire(old, closeFile) // want `the object was retired at line 48 already: its reclaim functions are both called`
	}
}

func replaced(old, next *file) {
	if current.CompareAndReplace(old, next) {
		log.Print(old.name) // want `the object is used after it was retired at line 55`
	}
}

func replacedAndRetired(old, next *file) bool {
	if !current.CompareAndReplace(old, next) {
		return false
	}
	hazptr.Retire(old, closeFile) // want `the object was retired at line 61 already`
	return true
}

// What follows is right.

func before(next *file) {
	old := source.Swap(next)
	name := old.name
	hazptr.Retire(old, closeFile)
	log.Print(name)
}

func nothingThere(next *file) {
	old := source.Swap(next)
	if old != nil {
		hazptr.Retire(old, closeFile)
	}
	if old == nil {
		log.Print("the first one")
	}
}

func compared(next *file) bool {
	old := source.Swap(next)
	hazptr.Retire(old, closeFile)
	return old == next
}

func waited(ctx context.Context, next *file) {
	old := source.Swap(next)
	hazptr.Retire(old, func(f *file) { f.ended.Store(true) })
	domain.Barrier(ctx)
	log.Print(old.name)
}

func flag(next *file) bool {
	old := source.Swap(next)
	hazptr.Retire(old, func(f *file) { f.ended.Store(true) })
	return old.ended.Load() || old.isClosed()
}

func told(next *file) {
	old := source.Swap(next)
	done := make(chan struct{})
	hazptr.Retire(old, func(f *file) { close(done) })
	<-done
	old.Close()
}

func stillProtected(next *file) {
	g := current.Acquire()
	defer g.Release()
	old := source.Swap(next)
	hazptr.Retire(old, closeFile)
	log.Print(old.name)
}

func loop(files []*file) {
	for _, f := range files {
		old := source.Swap(f)
		log.Print(old.name)
		hazptr.Retire(old, closeFile)
	}
}

func notReplaced(old, next *file) {
	if !current.CompareAndReplace(old, next) {
		log.Print(old.name)
	}
}

func replacedUnderGuard(next *file) {
	g := current.Acquire()
	defer g.Release()
	if current.CompareAndReplace(g.Ptr(), next) {
		log.Print(g.Ptr().name)
	}
}

func waitedFor(ctx context.Context, next *file) error {
	old, err := current.ReplaceAndWait(ctx, next)
	if old != nil {
		log.Print(old.name)
		old.Close()
	}
	return err
}
