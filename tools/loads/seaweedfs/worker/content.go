package main

import (
	"context"
	"errors"
	"fmt"
)

// The needles of a volume: 1 to count, of which the odd ones were deleted; then
// those of the changes, every second of which was deleted; then one for the
// slow client; then those of the writer.
const (
	needleBytes = 1000
	onDisk      = 1040 // that take in the data file, as good as
)

func (w *work) count() uint64          { return uint64(w.Size) / onDisk }
func (w *work) changed() (from uint64) { return w.count() + 1 }
func (w *work) large() uint64          { return w.changed() + uint64(w.Changes) }
func (w *work) written() (from uint64) { return w.large() + 1 }

// prepare fills the volume and makes the vacuum's copy.
func (w *work) prepare(ctx context.Context, v *volume) error {
	for id := uint64(1); id <= w.count(); id++ {
		if err := errors.Join(ctx.Err(), v.write(id, needleBytes)); err != nil {
			return err
		}
	}
	if err := v.write(w.large(), clientBytes); err != nil {
		return err
	}
	for id := uint64(1); id <= w.count(); id += 2 {
		if err := errors.Join(ctx.Err(), v.remove(id)); err != nil {
			return err
		}
	}
	if !w.NoVacuum {
		if err := v.store.CompactVolume(v.id, 0, 0, nil); err != nil {
			return fmt.Errorf("the vacuum's copy: %w", err)
		}
	}
	// A needle that is written and deleted is two changes.
	for id := w.changed(); id < w.large(); id++ {
		err := errors.Join(ctx.Err(), v.write(id, needleBytes))
		if err == nil && id%2 == 1 {
			err = v.remove(id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
