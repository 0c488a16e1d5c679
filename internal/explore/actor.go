package explore

import "math/bits"

// maxThreads is how many threads a Scenario may have, with its spare ones.
const maxThreads = 5

// maxActors is how many actors there are of so many threads.
const maxActors = maxThreads * (2 + maxThreads)

// An actor takes steps, one after the other. With n threads, the first n actors
// are the threads. The next n are their buffers, whose steps are drains. Then
// come the fences of the first thread on each, of the second, and so on, whose
// steps are the moments at which a membarrier reaches a thread.
type actor int8

// actors tells the actors of n threads apart.
type actors int

func (n actors) count() int               { return int(n) * (2 + int(n)) }
func (n actors) buffer(t actor) actor     { return actor(n) + t }
func (n actors) fence(by, on actor) actor { return actor(n)*(2+by) + on }

func (n actors) isBuffer(a actor) bool { return a >= actor(n) && a < 2*actor(n) }
func (n actors) isFence(a actor) bool  { return a >= 2*actor(n) }

// thread returns the thread that an actor is, buffers for, or is a fence on.
func (n actors) thread(a actor) actor { return a % actor(n) }

// fencing returns the thread whose fence the actor is.
func (n actors) fencing(a actor) actor { return a/actor(n) - 2 }

// A set is one of actors.
type set uint64

func setOf(a actor) set             { return 1 << a }
func (s set) has(a actor) bool      { return s&setOf(a) != 0 }
func (s set) first() actor          { return actor(bits.TrailingZeros64(uint64(s))) }
func (s set) without(other set) set { return s &^ other }
