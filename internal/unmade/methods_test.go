package unmade

import (
	"context"
	"testing"
)

type thing struct{ made bool }

func (x *thing) Wait(context.Context) { x.check() }
func (x *thing) Add(n int, f func())  { x.check() }
func (x *thing) Len() int             { return len(map[bool]int{x.made: 1}) }

func (x *thing) check() {
	if x == nil || !x.made {
		panic("unmade: not made by newThing")
	}
}

func TestMethods(t *testing.T) {
	Methods[thing](t, "made by newThing", "zero Len", "nil Len")
}
