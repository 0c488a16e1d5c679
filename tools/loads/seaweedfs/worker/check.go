package main

import (
	"errors"
	"fmt"

	"hazptr/tools/loads/internal/value"
)

// sampled is how many of the first needles a run looks at when it has been
// measured.
const sampled = 100_000

// check checks a volume whose worker was killed in the commit, with SeaweedFS's
// own load and scrub, and needle by needle. It returns how many there are.
func (w *work) check() (count uint64, err error) {
	v, err := open(w.Dir, w.LevelDB)
	if err != nil {
		return 0, err
	}
	defer v.close()
	if v.store.GetVolume(v.id).IsReadOnly() {
		return 0, errors.New("SeaweedFS has loaded the volume as read-only: its check has failed")
	}
	if _, problems := v.store.GetVolume(v.id).Scrub(); len(problems) > 0 {
		return 0, fmt.Errorf("SeaweedFS's scrub: %w", errors.Join(problems[:min(len(problems), 10)]...))
	}
	return w.verify(v, 0, w.count())
}

// verify looks whether all needles are there that should, and as they should
// be, and no others: so many of those with which it began, as good as, and all
// that came later. It returns how many are there.
func (w *work) verify(v *volume, written, sampled uint64) (there uint64, err error) {
	c := &census{volume: v}
	// An odd one: deleted needles are looked at, and others.
	step := w.count()/max(1, sampled) | 1
	for id := uint64(1); id <= w.count(); id += step {
		if err := c.look(id, needleBytes, id%2 == 0); err != nil {
			return 0, err
		}
	}
	for id := w.changed(); id < w.large(); id++ {
		if err := c.look(id, needleBytes, id%2 == 0); err != nil {
			return 0, err
		}
	}
	if err := c.look(w.large(), clientBytes, true); err != nil {
		return 0, err
	}
	for id := w.written(); id < w.written()+written; id++ {
		if err := c.look(id, needleBytes, true); err != nil {
			return 0, err
		}
	}
	return c.there, nil
}

// A census looks for needles.
type census struct {
	volume *volume
	there  uint64 // how many were found
}

// look looks whether a needle is there, or not, as it should be.
func (c *census) look(id uint64, size int, there bool) error {
	if !there {
		gone, err := c.volume.gone(id)
		if err == nil && !gone {
			err = fmt.Errorf("needle %d was deleted, and is there", id)
		}
		return err
	}
	data, err := c.volume.read(id)
	if err != nil {
		return err
	}
	c.there++
	return value.Verify(data, id, size)
}
