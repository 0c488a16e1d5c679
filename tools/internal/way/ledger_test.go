package way

import "testing"

func TestLedger(t *testing.T) {
	l := ledger{bytes: 10}
	one, two, ender := l.ofWriter(), l.ofWriter(), l.ofEnder()
	for range 3 {
		one.add()
		two.add()
		ender.add()
	}
	one.add()
	if objects, bytes := l.Pending(); objects != 4 || bytes != 40 {
		t.Errorf("%d objects of %d bytes are pending, want 4 of 40", objects, bytes)
	}
	l.over.Add(1)
	if objects, bytes := l.Pending(); objects != 3 || bytes != 30 {
		t.Errorf("%d objects of %d bytes are pending, want 3 of 30", objects, bytes)
	}
}
