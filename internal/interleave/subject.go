package interleave

import "sync/atomic"

// A Subject is an object that must not end while somebody uses it, and knows whether somebody does.
type Subject struct {
	users atomic.Int32
	ended atomic.Int32 // how often
}

// Use takes note of a user, who has just come to be one.
func (p *Subject) Use(s *Scheduler) {
	p.users.Add(1)
	if p.Ended() != 0 {
		s.Errorf("an object is used that has ended")
	}
}

// Drop takes note of a user who is about to be none any more.
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
