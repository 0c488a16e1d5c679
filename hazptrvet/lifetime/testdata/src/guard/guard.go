package guard

import (
	"errors"
	"log"
	"sync/atomic"
	"testing"

	"hazptr"
)

type config struct {
	name string
	next atomic.Pointer[config]
}

var (
	current hazptr.Pointer[config]
	source  atomic.Pointer[config]
)

func use(*config) {}

func never() string {
	g := current.Acquire() // want `this Guard is never released: .*; write defer g.Release\(\) after it`
	return g.Ptr().name
}

func neverInClosure() func() string {
	return func() string {
		g := hazptr.Acquire(&source) // want `never released`
		return g.Ptr().name
	}
}

func dropped() {
	current.Acquire() // want `never released.*write g := ...; defer g.Release\(\)`
}

func onePath(fail bool) error {
	g := current.Acquire() // want `not released on the path that ends at line 44`
	use(g.Ptr())
	if fail {
		return errors.New("failed")
	}
	g.Release()
	return nil
}

func lastPath(ok bool) {
	g := current.Acquire() // want `not released on the path that ends at line 55`
	if ok {
		g.Release()
	}
}

func inLoop(n int) {
	for range n {
		g := current.Acquire() // want `the loop comes back to this Acquire`
		if g.Ptr().name == "" {
			continue
		}
		g.Release()
	}
}

func breaks(names []string) {
	for _, name := range names {
		g := current.Acquire() // want `not released on the path that ends at line 76`
		if g.Ptr().name == name {
			break
		}
		g.Release()
	}
	log.Print("done")
}

func overwritten() {
	g := current.Acquire()
	defer g.Release()
	g = hazptr.Acquire(&source) // want `this puts something else over the Guard that was acquired at line 79 and is not released: .*; release it before, or use another variable`
	use(g.Ptr())
}

func generic[T any](src *atomic.Pointer[T]) bool {
	g := hazptr.Acquire(src) // want `never released`
	return g.Ptr() != nil
}

func twoCopies() {
	g := current.Acquire()
	h := g
	g.Release()
	h.Release() // want `releases a copy of the Guard that was released at line 93, which panics`
}

func twoCopiesDeferred() {
	g := current.Acquire()
	defer g.Release() // want `releases a copy of the Guard that was released at line 101`
	h := g
	h.Release()
}

func returnedOnError() (hazptr.Guard[config], error) {
	g := current.Acquire() // want `not released on the path that ends at line 107`
	if g.Ptr().name == "" {
		return hazptr.Guard[config]{}, errors.New("no name")
	}
	return g, nil
}

func overwrittenAndReleased() {
	g := current.Acquire()
	use(g.Ptr())
	g = current.Acquire() // want `this puts something else over the Guard`
	use(g.Ptr())
	g.Release()
}

func overwrittenByNothing() {
	g := current.Acquire()
	use(g.Ptr())
	g = hazptr.Guard[config]{} // want `this puts something else over the Guard`
}

func overwrittenOnOnePath(fresh bool) {
	g := current.Acquire()
	if !fresh {
		g.Release()
	}
	g = current.Acquire() // want `this puts something else over the Guard`
	g.Release()
}

func overwrittenForEver(n int) {
	g := current.Acquire()
	for {
		use(g.Ptr())
		g = current.Acquire() // want `this puts something else over the Guard that was acquired at line 136` `the loop comes back to this Acquire`
	}
}

func declaredBefore(n int) {
	var g hazptr.Guard[config]
	for {
		g = current.Acquire() // want `the loop comes back to this Acquire`
		use(g.Ptr())
	}
}

func deferredBefore(n int) {
	var g hazptr.Guard[config]
	defer g.Release()
	for range n {
		g = current.Acquire() // want `the loop comes back to this Acquire`
		use(g.Ptr())
	}
}

func overwrittenByShare(other *hazptr.Guard[config]) {
	g := current.Acquire()
	g = other.Share() // want `this puts something else over the Guard`
	g.Release()
}

func overwrittenField(s *session) {
	s.guard = current.Acquire()
	use(s.guard.Ptr())
	log.Print("again")
	s.guard = current.Acquire() // want `this puts something else over the Guard`
}

func overwrittenFieldInLoop(s *session) {
	for {
		s.guard = current.Acquire() // want `the loop comes back to this Acquire`
		use(s.guard.Ptr())
	}
}

func overwrittenFieldOfVariable() {
	var s session
	s.guard = current.Acquire()
	defer s.guard.Release()
	s.guard = current.Acquire() // want `this puts something else over the Guard`
}

var global hazptr.Guard[config]

func overwrittenGlobal() {
	global = current.Acquire()
	global = current.Acquire() // want `this puts something else over the Guard`
}

func shared(g *hazptr.Guard[config]) {
	s := g.Share() // want `this Guard is never released`
	use(s.Ptr())
}

func keptOnOnePath(c *config) {
	g := hazptr.Keep(c) // want `not released on the path that ends at line 202`
	if c.name == "" {
		return
	}
	g.Release()
}

func doubleShare(g *hazptr.Guard[config]) {
	s := g.Share()
	t := s
	s.Release()
	t.Release() // want `releases a copy of the Guard that was released at line 210`
}

// What follows is right.

func keptNothing(c *config) {
	g := hazptr.Keep(c)
	if c != nil {
		g.Release()
	}
}

func sharedAndReleased() {
	g := current.Acquire()
	s := g.Share()
	g.Release()
	use(s.Ptr())
	s.Release()
}

func acquiredAnew(n int) {
	g := current.Acquire()
	for range n {
		use(g.Ptr())
		g.Release()
		g = current.Acquire()
	}
	g.Release()
}

func swapsVariables() {
	g, h := current.Acquire(), hazptr.Acquire(&source)
	g, h = h, g
	g.Release()
	h.Release()
}

func keepsTheLast(n int) {
	last := current.Acquire()
	g := last
	g = current.Acquire()
	last.Release()
	g.Release()
}

func copiedBefore(n int) {
	g := current.Acquire()
	old := g
	g = current.Acquire()
	use(g.Ptr())
	g.Release()
	old.Release()
}

func (s *session) refresh() {
	s.guard = current.Acquire()
	use(s.guard.Ptr())
	s.end()
	s.guard = current.Acquire()
}

func (s *session) end() { s.guard.Release() }

func (s *session) refreshReleased() {
	s.guard = current.Acquire()
	use(s.guard.Ptr())
	s.guard.Release()
	s.guard = current.Acquire()
}

func (s *session) moves(to *session) {
	s.guard = current.Acquire()
	to.guard = s.guard
	s.guard = current.Acquire()
}

func (s *session) lends(each func(*session)) {
	s.guard = current.Acquire()
	each(s)
	s.guard = current.Acquire()
}

func fillAll(sessions []*session) {
	for _, s := range sessions {
		s.guard = current.Acquire()
	}
}

func fillNew(n int) (all []*session) {
	for range n {
		s := new(session)
		s.guard = current.Acquire()
		all = append(all, s)
	}
	return all
}

var sessions []*session

func newSession() *session {
	s := new(session)
	sessions = append(sessions, s)
	return s
}

func fillMade(n int) {
	for range n {
		s := newSession()
		s.guard = current.Acquire()
	}
}

type slot struct{ at *session }

func fillBoth(s *slot, second *session) {
	s.at.guard = current.Acquire()
	s.at = second
	s.at.guard = current.Acquire()
}

func fillIndexed(sessions []session) {
	for i := range sessions {
		sessions[i].guard = current.Acquire()
	}
}

func deferred() string {
	g := current.Acquire()
	defer g.Release()
	return g.Ptr().name
}

func deferredClosure() string {
	g := current.Acquire()
	defer func() {
		log.Print("released")
		g.Release()
	}()
	return g.Ptr().name
}

func allPaths(fail bool) error {
	g := current.Acquire()
	if fail {
		g.Release()
		return errors.New("failed")
	}
	use(g.Ptr())
	g.Release()
	return nil
}

func nothingThere() string {
	g := current.Acquire()
	c := g.Ptr()
	if c == nil {
		return ""
	}
	defer g.Release()
	return c.name
}

func returned() hazptr.Guard[config] {
	g := current.Acquire()
	use(g.Ptr())
	return g
}

type session struct{ guard hazptr.Guard[config] }

func stored(s *session) {
	s.guard = current.Acquire()
}

func inLiteral() *session { return &session{guard: current.Acquire()} }

func passed(to func(hazptr.Guard[config])) {
	g := current.Acquire()
	to(g)
}

func sent(to chan<- hazptr.Guard[config]) {
	to <- current.Acquire()
}

func byAddress() {
	g := current.Acquire()
	release(&g)
}

func release(g *hazptr.Guard[config]) { g.Release() }

func elsewhere(t *testing.T) {
	g := current.Acquire()
	t.Cleanup(g.Release)
}

func inGoroutine() {
	g := current.Acquire()
	go func() {
		defer g.Release()
		use(g.Ptr())
	}()
}

func fatal(t *testing.T) {
	g := current.Acquire()
	if g.Ptr().name == "" {
		t.Fatal("no name")
	}
	g.Release()
}

func panics(bad bool) {
	g := current.Acquire()
	if bad {
		panic("bad")
	}
	g.Release()
}

func dependent(protect bool) {
	var g hazptr.Guard[config]
	if protect {
		g = current.Acquire()
	}
	log.Print("in between")
	if protect {
		g.Release()
	}
}

type options struct{ protect, quick bool }

func dependentFields(o *options) {
	var g hazptr.Guard[config]
	if o.protect && !o.quick {
		g = current.Acquire()
	}
	log.Print("in between")
	if o.protect && !o.quick {
		g.Release()
	}
}

func flagged(names []string) {
	var g hazptr.Guard[config]
	held := false
	for _, name := range names {
		if !held {
			g = current.Acquire()
			held = true
		}
		if g.Ptr().name == name {
			g.Release()
			held = false
		}
	}
	if held {
		g.Release()
	}
}

func byError(open func() error) error {
	g := current.Acquire()
	err := open()
	if err != nil {
		g.Release()
	}
	if err == nil {
		use(g.Ptr())
		g.Release()
	}
	return err
}

func deferredFirst() {
	var g hazptr.Guard[config]
	defer g.Release()
	g = current.Acquire()
	use(g.Ptr())
}

func handOverHand() {
	g := hazptr.Acquire(&source)
	for g.Ptr() != nil {
		next := hazptr.Acquire(&g.Ptr().next)
		g.Release()
		g = next
	}
	g.Release()
}

func twiceTheSame() {
	g := current.Acquire()
	defer g.Release()
	use(g.Ptr())
	g.Release() // the deferred one does nothing
}

func deferredInLoop(n int) {
	for range n {
		g := current.Acquire()
		defer g.Release()
		use(g.Ptr())
	}
}

func switched(n int) {
	g := current.Acquire()
	switch n {
	case 0:
		g.Release()
	case 1:
		defer g.Release()
	default:
		g.Release()
	}
}

func ignoredLine() {
	g := current.Acquire() //hazptrvet:ignore the test needs a leak
	use(g.Ptr())
	//hazptrvet:ignore the next one too
	h := current.Acquire()
	use(h.Ptr())
}

func forever() {
	g := current.Acquire()
	use(g.Ptr())
	select {}
}

func ranges(names func(func(string) bool)) {
	for name := range names {
		g := current.Acquire()
		defer g.Release()
		log.Print(name, g.Ptr().name)
	}
}

func rangesAndLeaks(names func(func(string) bool)) {
	for name := range names {
		g := current.Acquire() // want `never released`
		log.Print(name, g.Ptr().name)
	}
}

// Too many paths to be understood.
func manyConditions(o *[24]bool) {
	g := current.Acquire()
	if o[0] {
		log.Print(0)
	}
	if o[1] {
		log.Print(1)
	}
	if o[2] {
		log.Print(2)
	}
	if o[3] {
		log.Print(3)
	}
	if o[4] {
		log.Print(4)
	}
	if o[5] {
		log.Print(5)
	}
	if o[6] {
		log.Print(6)
	}
	if o[7] {
		log.Print(7)
	}
	if o[8] {
		log.Print(8)
	}
	if o[9] {
		log.Print(9)
	}
	if o[10] {
		log.Print(10)
	}
	if o[11] {
		log.Print(11)
	}
	if o[12] {
		log.Print(12)
	}
	if o[13] {
		log.Print(13)
	}
	if o[14] {
		log.Print(14)
	}
	if o[15] {
		log.Print(15)
	}
	if o[16] {
		log.Print(16)
	}
	if o[17] {
		log.Print(17)
	}
	if o[18] {
		log.Print(18)
	}
	if o[19] {
		log.Print(19)
	}
	if o[20] {
		log.Print(20)
	}
	if o[21] {
		log.Print(21)
	}
	if o[22] {
		log.Print(22)
	}
	if o[23] {
		log.Print(23)
	}
	if o[0] {
		log.Print(0)
	}
	if o[1] {
		log.Print(1)
	}
	if o[2] {
		log.Print(2)
	}
	if o[3] {
		log.Print(3)
	}
	if o[4] {
		log.Print(4)
	}
	if o[5] {
		log.Print(5)
	}
	if o[6] {
		log.Print(6)
	}
	if o[7] {
		log.Print(7)
	}
	if o[8] {
		log.Print(8)
	}
	if o[9] {
		log.Print(9)
	}
	if o[10] {
		log.Print(10)
	}
	if o[11] {
		log.Print(11)
	}
	if o[12] {
		log.Print(12)
	}
	if o[13] {
		log.Print(13)
	}
	if o[14] {
		log.Print(14)
	}
	if o[15] {
		log.Print(15)
	}
	if o[16] {
		log.Print(16)
	}
	if o[17] {
		log.Print(17)
	}
	if o[18] {
		log.Print(18)
	}
	if o[19] {
		log.Print(19)
	}
	if o[20] {
		log.Print(20)
	}
	if o[21] {
		log.Print(21)
	}
	if o[22] {
		log.Print(22)
	}
	if o[23] {
		log.Print(23)
	}
	if o[0] != o[1] {
		return
	}
	g.Release()
}

func leavesWhenSame(c *config) {
	g := current.Acquire() // want `not released on the path that ends at line 716`
	if g.Ptr() == c {
		return
	}
	g.Release()
}
