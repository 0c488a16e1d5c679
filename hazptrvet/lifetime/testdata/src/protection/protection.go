package protection

import (
	"log"
	"sync"
	"sync/atomic"

	"hazptr"
	"hazptr/percpuref"
)

type config struct {
	name string
	hits atomic.Int64
	ref  percpuref.Ref
	next atomic.Pointer[config]
}

func (c *config) lookup(name string) bool { return c.name == name }

var (
	current hazptr.Pointer[config]
	source  atomic.Pointer[config]
	another atomic.Pointer[config]
)

func serve(c *config) { log.Print(c.name) }

func afterRelease() string {
	g := current.Acquire()
	c := g.Ptr()
	g.Release()
	return c.name // want `used after line 32 has ended its protection \(Release\)`
}

func afterClear(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	h.Clear()
	log.Print(c.name) // want `used after line 38 has ended its protection \(Clear\)`
}

func afterClose() bool {
	h := hazptr.NewHolder[config]()
	c := h.Protect(&source)
	h.Close()
	return c.lookup("x") // want `used after line 45 has ended its protection \(Close\)`
}

func afterNextProtect(h *hazptr.Holder[config]) {
	a := h.Protect(&source)
	b := h.Protect(&another)
	log.Print(b.name)
	log.Print(a.name) // want `used after line 51 has ended its protection \(Protect\)`
}

func afterPointerProtect(h *hazptr.Holder[config]) {
	a := current.Protect(h)
	b := h.Protect(&another)
	serve(b)
	serve(a) // want `used after line 58 has ended its protection \(Protect\)`
}

func afterTry(h *hazptr.Holder[config]) {
	c := source.Load()
	if h.TryProtect(c, &source) {
		h.Clear()
		c.hits.Add(1) // want `used after line 66 has ended its protection \(Clear\)`
	}
}

func afterSet(h *hazptr.Holder[config], other *config) {
	c := h.Protect(&source)
	h.Set(other)
	c.name = "x" // want `used after line 73 has ended its protection \(Set\)`
}

func onOnePath(h *hazptr.Holder[config], early bool) {
	c := h.Protect(&source)
	if early {
		h.Clear()
	}
	log.Print(c.name) // want `used after line 80 has ended`
	if !early {
		h.Clear()
	}
}

func inLoop(h *hazptr.Holder[config], n int) {
	c := h.Protect(&source)
	for range n {
		log.Print(c.name) // want `used after line 92 has ended`
		h.Clear()
	}
}

type worker struct {
	holder *hazptr.Holder[config]
	seen   *config
	kept   *config
	stays  *config
}

func newWorker() *worker { return &worker{holder: hazptr.NewHolder[config]()} }

func (w *worker) turn() {
	c := w.holder.Protect(&source)
	serve(c)
	w.holder.Clear()
	serve(c) // want `used after line 108 has ended`
}

func copied() {
	g := current.Acquire()
	h := g
	c := h.Ptr()
	h.Release()
	serve(c) // want `used after line 116 has ended`
}

func returns() *config {
	g := current.Acquire()
	defer g.Release()
	return g.Ptr() // want `the protected pointer is returned, but the deferred call ends its protection`
}

func returnsClosure(h *hazptr.Holder[config]) func() string {
	c := h.Protect(&source)
	defer h.Clear()
	return func() string { return c.name } // want `the protected pointer is returned`
}

func returnsAfter(h *hazptr.Holder[config]) *config {
	c := h.Protect(&source)
	h.Clear()
	return c // want `the protected pointer is returned, but line 134 \(Clear\) ends its protection`
}

var last *config
var byName = map[string]*config{}

func storesGlobal() {
	g := current.Acquire()
	defer g.Release()
	last = g.Ptr() // want `the protected pointer is stored where it stays, but its protection ends when the function returns`
}

func storesMap(name string) {
	g := current.Acquire()
	byName[name] = g.Ptr() // want `is stored where it stays, but its protection ends at line 150 \(Release\)`
	g.Release()
}

type request struct {
	config *config
	other  *config
}

func (r *request) storesField(h *hazptr.Holder[config]) {
	r.config = h.Protect(&source) // want `is stored where it stays, but its protection ends at line 161 \(Clear\)`
	serve(r.config)
	h.Clear()
}

func sends(to chan<- *config) {
	g := current.Acquire()
	to <- g.Ptr() // want `is sent on, but its protection ends at line 167 \(Release\): .*; send a Guard`
	g.Release()
}

func sendsDeferred(to chan<- *config) {
	g := current.Acquire()
	defer g.Release()
	to <- g.Ptr() // want `is sent on, but its protection ends when the function returns`
}

func spawns(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	go serve(c) // want `is used by this goroutine, but its protection ends at line 179 \(Clear\): .*; acquire a Guard in the goroutine`
	h.Clear()
}

func spawnsClosure() {
	g := current.Acquire()
	defer g.Release()
	c := g.Ptr()
	go func() { // want `is used by this goroutine, but its protection ends when the function returns`
		log.Print(c.name)
	}()
}

func reads(h *hazptr.Holder[config]) *string {
	c := h.Protect(&source)
	defer h.Clear()
	return &c.name // want `the protected pointer is returned`
}

// What follows is right.

func inTime(h *hazptr.Holder[config]) string {
	c := h.Protect(&source)
	name := c.name
	h.Clear()
	return name
}

func deferred(name string) bool {
	g := current.Acquire()
	defer g.Release()
	return g.Ptr().lookup(name)
}

func compared(h *hazptr.Holder[config], other *config) bool {
	c := h.Protect(&source)
	h.Clear()
	return c == other || c == nil
}

func again(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	h.Clear()
	c = h.Protect(&source)
	serve(c)
	h.Clear()
}

func everyTurn(h *hazptr.Holder[config], n int) {
	for range n {
		c := h.Protect(&source)
		serve(c)
		h.Clear()
	}
}

func unlinked(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	if source.CompareAndSwap(c, nil) {
		h.Clear()
		log.Print(c.name)
		hazptr.Retire(c, func(*config) {})
	}
}

func pop(h *hazptr.Holder[config]) *config {
	for {
		top := h.Protect(&source)
		if top == nil {
			return nil
		}
		if source.CompareAndSwap(top, top.next.Load()) {
			h.Clear()
			return top
		}
	}
}

func unlinkedElsewhere(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	unlink(c)
	h.Clear()
	log.Print(c.name)
}

func unlink(c *config) { source.CompareAndSwap(c, nil) }

func counted(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	if !c.ref.TryGetLive() {
		h.Clear()
		return
	}
	h.Clear()
	serve(c)
	c.ref.Put()
}

func (c *config) retain() { c.hits.Add(1) }

func countedByHand(h *hazptr.Holder[config]) *config {
	c := h.Protect(&source)
	c.retain()
	h.Clear()
	return c
}

func locked(mu *sync.Mutex, h *hazptr.Holder[config]) {
	mu.Lock()
	defer mu.Unlock()
	c := h.Protect(&source)
	h.Clear()
	serve(c)
}

func walk(name string) bool {
	a, b := hazptr.NewHolder[config](), hazptr.NewHolder[config]()
	defer a.Close()
	defer b.Close()
	c := a.Protect(&source)
	for c != nil {
		if c.name == name {
			return true
		}
		c = b.Protect(&c.next)
		a, b = b, a
	}
	return false
}

func twoGuards() {
	a, b := current.Acquire(), current.Acquire()
	c := a.Ptr()
	a.Release()
	serve(c) // b protects it, too
	b.Release()
}

func stillHeld(h *hazptr.Holder[config]) *config {
	return h.Protect(&source)
}

func withGuard() (hazptr.Guard[config], *config) {
	g := current.Acquire()
	return g, g.Ptr()
}

func (w *worker) takesAway() {
	w.kept = w.holder.Protect(&source)
	serve(w.kept)
	w.kept = nil
	w.holder.Clear()
}

func (w *worker) next() bool {
	w.kept = w.holder.Protect(&source)
	return w.kept != nil
}

func (w *worker) clearedElsewhere() {
	w.seen = w.holder.Protect(&source)
	w.reset()
	w.holder.Clear()
}

func (w *worker) reset() { w.seen = nil }

func waits(to chan<- *config, done <-chan struct{}) {
	g := current.Acquire()
	defer g.Release()
	to <- g.Ptr()
	<-done
}

func waitsForGroup() {
	g := current.Acquire()
	defer g.Release()
	c := g.Ptr()
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		serve(c)
	}()
	group.Wait()
}

func waitsDeferred(done chan struct{}) {
	g := current.Acquire()
	defer g.Release()
	c := g.Ptr()
	defer func() { <-done }()
	go func() {
		serve(c)
		close(done)
	}()
}

func handsOver() {
	g := current.Acquire()
	go func() {
		defer g.Release()
		serve(g.Ptr())
	}()
}

func push(h *hazptr.Holder[config], n *config) {
	for {
		top := h.Protect(&source)
		n.next.Store(top)
		if source.CompareAndSwap(top, n) {
			h.Clear()
			return
		}
	}
}

func onStack(h *hazptr.Holder[config]) {
	var s struct{ c *config }
	s.c = h.Protect(&source)
	serve(s.c)
	h.Clear()
}

func dependent(h *hazptr.Holder[config], keep bool) {
	c := h.Protect(&source)
	if !keep {
		h.Clear()
	}
	if keep {
		serve(c)
		h.Clear()
	}
}

func ignoredLine(h *hazptr.Holder[config]) {
	c := h.Protect(&source)
	h.Clear()
	serve(c) //hazptrvet:ignore nothing is ever retired here
}

func countedByPtr() *config {
	g := current.Acquire()
	defer g.Release()
	g.Ptr().retain()
	return g.Ptr()
}

func parameter(g *hazptr.Guard[config]) {
	c := g.Ptr()
	serve(c)
	g.Release()
	serve(c) // want `used after line 429 has ended`
}

func parameterCounted(g *hazptr.Guard[config]) *config {
	g.Ptr().retain()
	c := g.Ptr()
	g.Release()
	return c
}

func reused(names []string) {
	var g hazptr.Guard[config]
	for range names {
		g = current.Acquire()
		c := g.Ptr()
		g.Release()
		serve(c) // want `used after line 445 has ended`
	}
}

// The worker has a Holder of its own, and knows.
func (w *worker) storesBesideHolder() {
	w.stays = w.holder.Protect(&source)
	serve(w.stays)
	w.holder.Clear()
}

func (r *request) storesNothing(h *hazptr.Holder[config]) bool {
	r.other = h.Protect(&source)
	if r.other == nil {
		h.Clear()
		return false
	}
	return true
}

var lent *config

func lends() {
	g := current.Acquire()
	defer g.Release()
	lent = g.Ptr()
	defer takeBack()
}

func takeBack() { lent = nil }
