package token

import (
	"errors"

	"hazptr/srcu"
)

var domain = srcu.New()

func dropped() {
	domain.ReadLock() // want `this Token is dropped: .*; write defer domain.ReadUnlock\(domain.ReadLock\(\)\)`
}

func blank() {
	_ = domain.ReadLock() // want `this Token is dropped`
}

func unused(d *srcu.Domain) {
	t := d.ReadLock() // want `this Token is dropped.*; write defer d.ReadUnlock\(t\)`
	_ = t
}

func onePath(fail bool) error {
	t := domain.ReadLock() // want `not ended on the path that ends at line 27`
	if fail {
		return errors.New("failed")
	}
	domain.ReadUnlock(t)
	return nil
}

func loop(n int) {
	for i := range n {
		t := domain.ReadLock() // want `the loop comes back to this ReadLock`
		if i%3 == 0 {
			continue
		}
		domain.ReadUnlock(t)
	}
}

func twice() {
	t := domain.ReadLock()
	domain.ReadUnlock(t)
	domain.ReadUnlock(t) // want `the Token has been given to ReadUnlock at line 45 already`
}

func twiceDeferred(early bool) {
	t := domain.ReadLock()
	defer domain.ReadUnlock(t)
	if early {
		domain.ReadUnlock(t) // want `the Token has been given to ReadUnlock at line 51 already`
		return
	}
}

// What follows is right.

func deferred() {
	t := domain.ReadLock()
	defer domain.ReadUnlock(t)
}

func deferredAtOnce() {
	defer domain.ReadUnlock(domain.ReadLock())
}

func inClosure() {
	t := domain.ReadLock()
	go func() { domain.ReadUnlock(t) }()
}

func returned() srcu.Token { return domain.ReadLock() }

func stored(tokens []srcu.Token) {
	for i := range tokens {
		tokens[i] = domain.ReadLock()
	}
}

func nested() {
	outer := domain.ReadLock()
	inner := domain.ReadLock()
	domain.ReadUnlock(inner)
	domain.ReadUnlock(outer)
}

func again() {
	t := domain.ReadLock()
	domain.ReadUnlock(t)
	t = domain.ReadLock()
	domain.ReadUnlock(t)
}

func dependent(read bool) {
	var t srcu.Token
	if read {
		t = domain.ReadLock()
	}
	if read {
		domain.ReadUnlock(t)
	}
}

func turns(n int) {
	t := domain.ReadLock()
	for range n {
		domain.ReadUnlock(t)
		t = domain.ReadLock()
	}
	domain.ReadUnlock(t)
}
