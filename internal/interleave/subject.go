package interleave

import "sync/atomic"

// A Subject is an object that must not end while it is used. It counts its
// users.
type Subject struct {
	users atomic.Int32
	ended atomic.Int32 // how often
}

// Use notes a new user.
func (p *Subject) Use(s *Scheduler) {
	p.users.Add(1)
	if p.Ended() != 0 {
		s.Errorf("an object is used that has ended")
	}
}

// Drop notes that a user is about to leave.
func (p *Subject) Drop(s *Scheduler) {
	if p.Ended() != 0 {
		s.Errorf("an object has ended while it was used")
	}
	p.users.Add(-1)
}

// End ends the object.
func (p *Subject) End(s *Scheduler) {
	if n := p.Users(); n != 0 {
		s.Errorf("an object ends that %d use", n)
	}
	if p.ended.Add(1) != 1 {
		s.Errorf("an object ends again")
	}
}

// Users returns how many use the object.
func (p *Subject) Users() int { return int(p.users.Load()) }

// Ended returns how often the object has ended.
func (p *Subject) Ended() int { return int(p.ended.Load()) }
