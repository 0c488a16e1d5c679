//go:build hazptr_debug

package srcu

import (
	"strings"
	"testing"
)

// The panic for a Token that is used twice names the first use.
func TestTokenUsedTwice(t *testing.T) {
	d := New()
	section := d.ReadLock()
	other := d.ReadLock() // would make up for it
	unlockFirst(d, section)
	defer func() {
		r, _ := recover().(string)
		if !strings.Contains(r, "srcu: ReadUnlock of a Token that had been given to ReadUnlock already:") || !strings.Contains(r, "srcu.unlockFirst(") {
			t.Error(r)
		}
		d.ReadUnlock(other)
		if n := d.readers.Inside(); n != 0 {
			t.Errorf("%d are inside", n)
		}
	}()
	d.ReadUnlock(section) //hazptrvet:ignore it panics
}

//go:noinline
func unlockFirst(d *Domain, section Token) { d.ReadUnlock(section) }
