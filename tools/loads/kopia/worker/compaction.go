package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kopia/kopia/repo/content/indexblob"
)

// What is written before a compaction. Index files with fewer than 100 entries
// are of no use here: kopia merges them in memory. Twenty files are what an
// epoch must have to end.
const (
	files       = 20
	perFile     = 100
	perTurn     = files * perFile
	epochLasts  = 24 * time.Hour
	indexPrefix = "x"
)

// epochs reports whether the format has epochs: indexes of a time that has
// passed are compacted, where older formats compact what they are told to.
func (r repository) epochs() bool { return r.version > 1 }

// fill writes contents as a program does in days.
func (o *opening) fill(ctx context.Context, contents int) error {
	for i := range files {
		if err := o.write(ctx, contents*(i+1)/files-contents*i/files); err != nil {
			return err
		}
		if i == 0 && o.epochs() {
			if err := o.backdate(); err != nil {
				return err
			}
		}
	}
	if !o.epochs() {
		return nil
	}
	return o.advance(ctx)
}

// compact makes one index file of many.
func (o *opening) compact(ctx context.Context) error {
	if !o.epochs() {
		return o.ContentManager().CompactIndexes(ctx, indexblob.CompactOptions{AllIndexes: true, DisableEventualConsistencySafety: true})
	}
	epochs, _, err := o.ContentManager().EpochManager(ctx)
	if err != nil {
		return err
	}
	if err := epochs.MaybeCompactSingleEpoch(ctx); err != nil {
		return err
	}
	return o.Refresh(ctx)
}

// advance ends the present epoch, as kopia's maintenance does.
func (o *opening) advance(ctx context.Context) error {
	epochs, ok, err := o.ContentManager().EpochManager(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the repository has no epochs")
	}
	if err := epochs.Refresh(ctx); err != nil {
		return err
	}
	before, err := epochs.Current(ctx)
	if err != nil {
		return err
	}
	if err := epochs.MaybeAdvanceWriteEpoch(ctx); err != nil {
		return err
	}
	if err := epochs.Refresh(ctx); err != nil {
		return err
	}
	after, err := epochs.Current(ctx)
	if err == nil && after.WriteEpoch == before.WriteEpoch {
		err = errors.New("the epoch hasn't ended: kopia's conditions have changed")
	}
	return err
}

// backdate makes the index files that there are older than an epoch lasts: a
// day passes between the first file of a turn and the others.
func (r repository) backdate() error {
	then := time.Now().Add(-2 * epochLasts)
	return filepath.WalkDir(r.blobs(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.blobs(), path)
		if err != nil || !strings.HasPrefix(name, indexPrefix) {
			return err
		}
		return os.Chtimes(path, then, then)
	})
}
