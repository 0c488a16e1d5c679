package way

import "context"

// A Mechanism guards one object, called the head, which any number of readers
// read while one updater replaces it.
type Mechanism interface {
	// Join makes a reader. It is called on the reader's own goroutine.
	Join() LoopReader

	// Replace puts next in the head's place and ends the old one as this
	// mechanism does, at once or later. One goroutine at a time calls it.
	Replace(next *Object)

	// Close returns when every replaced object that this mechanism ends has
	// ended, but for objects that only the garbage collector ends. No reader is
	// left when it is called.
	Close()
}

// around makes Mechanisms of an Ending, with the head in its only source.
func around(newEnding func(Config) Ending) func(head *Object) Mechanism {
	return func(head *Object) Mechanism {
		e := newEnding(Config{Objects: []*Object{head}})
		return &single{e, e.NewWriter(0)}
	}
}

// single is an Ending of one source.
type single struct {
	ending Ending
	writer Writer
}

func (s *single) Join() LoopReader     { return s.ending.Join() }
func (s *single) Replace(next *Object) { s.writer.Update(next) }

// Close waits until all is done, so that none of that work is left to the
// experiment that comes next.
func (s *single) Close() {
	must(s.ending.Wait(context.Background()))
	must(s.ending.Close(context.Background()))
}

// must is for waits that only their context ends, which is one that doesn't.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// stateless is embedded by mechanisms that are their own readers: these have
// nothing to give back, and nothing to wait for.
type stateless struct{ source }

func (*stateless) Leave() {}
func (*stateless) Close() {}

func (m *stateless) begin(head *Object) { m.head.Store(head) }

// begun gives a mechanism its head.
func begun(m interface {
	Mechanism
	begin(head *Object)
}, head *Object) Mechanism {
	m.begin(head)
	return m
}
