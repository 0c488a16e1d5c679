package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"hazptr/tools/loads/badger/internal/figures"
)

const betweenLooks = 100 * time.Millisecond

// watch notes what the value log takes of the disk until ctx ends.
func (s *session) watch(ctx context.Context, began time.Time) error {
	for ticks := time.NewTicker(betweenLooks); ; {
		d, err := s.look()
		if err != nil {
			return err
		}
		d.At = time.Since(began)
		s.figures.Disk = append(s.figures.Disk, d)
		select {
		case <-ctx.Done():
			ticks.Stop()
			return ctx.Err()
		case <-ticks.C:
		}
	}
}

// look counts the value log's files, and the bytes that they
// take.
func (w *work) look() (d figures.Disk, err error) {
	files, err := os.ReadDir(w.Dir)
	if err != nil {
		return d, err
	}
	for _, file := range files {
		if filepath.Ext(file.Name()) != ".vlog" {
			continue
		}
		info, err := file.Info()
		if os.IsNotExist(err) {
			continue // it has gone meanwhile
		}
		if err != nil {
			return d, err
		}
		d.Files++
		d.Bytes += taken(info)
	}
	return d, nil
}
