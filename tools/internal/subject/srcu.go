package subject

import (
	"hazptr/srcu"
	"hazptr/tools/internal/mortal"
)

func newSRCU(c Config) Subject {
	d := srcu.New()
	s := &graced[srcu.Cookie]{graceDomain: d, cells: make([]Source, c.Cells)}
	s.reader = func() Reader {
		return &nested[srcu.Token]{
			enter: func(cell int) (srcu.Token, *mortal.Object) {
				token := d.ReadLock()
				return token, s.cells[cell].Load()
			},
			leave: d.ReadUnlock,
		}
	}
	s.hands = func() Hands {
		var token srcu.Token
		return &section{
			lock:   func() { token = d.ReadLock() },
			unlock: func() { d.ReadUnlock(token) },
			close:  func() {},
		}
	}
	return s
}
