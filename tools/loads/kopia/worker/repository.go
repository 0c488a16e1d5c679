package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob/filesystem"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/format"
	"github.com/kopia/kopia/repo/object"
)

// A repository is a folder with a kopia repository, and with the files of the
// openings: a configuration and a cache for each.
type repository struct {
	folder  string
	version int // of its format
}

const (
	password = "load"
	// Bytes of a cache; an opening without a cache maps no file.
	cached = 1 << 30
)

func (r repository) blobs() string { return filepath.Join(r.folder, "blobs") }

// make makes the repository, with so many contents.
func (r repository) make(ctx context.Context, contents int) error {
	st, err := filesystem.New(ctx, &filesystem.Options{Path: r.blobs()}, true)
	if err != nil {
		return err
	}
	o := &repo.NewRepositoryOptions{BlockFormat: format.ContentFormat{MutableParameters: format.MutableParameters{Version: format.Version(r.version)}}}
	if err := errors.Join(repo.Initialize(ctx, st, o, password), st.Close(ctx)); err != nil {
		return err
	}
	w, err := r.open(ctx, "writer", cached)
	if err != nil {
		return err
	}
	return errors.Join(w.fill(ctx, contents), w.close(ctx))
}

// An opening is a session of a program that has connected to the repository.
type opening struct {
	repository
	repo.DirectRepositoryWriter
	shared repo.DirectRepository
	next   uint64 // number of the next content
}

// open opens the repository with the cache of that name.
func (r repository) open(ctx context.Context, name string, cache int64) (*opening, error) {
	st, err := filesystem.New(ctx, &filesystem.Options{Path: r.blobs()}, false)
	if err != nil {
		return nil, err
	}
	configuration := filepath.Join(r.folder, name+".config")
	connect := &repo.ConnectOptions{CachingOptions: content.CachingOptions{
		CacheDirectory: filepath.Join(r.folder, name+".cache"), ContentCacheSizeBytes: cache, MetadataCacheSizeBytes: cache,
	}}
	if err := errors.Join(repo.Connect(ctx, configuration, st, password, connect), st.Close(ctx)); err != nil {
		return nil, err
	}
	opened, err := repo.Open(ctx, configuration, password, &repo.Options{DisableInternalLog: true})
	if err != nil {
		return nil, err
	}
	shared, ok := opened.(repo.DirectRepository)
	if !ok {
		return nil, fmt.Errorf("kopia has opened a %T, want a DirectRepository", opened)
	}
	_, w, err := shared.NewDirectWriter(ctx, repo.WriteSessionOptions{Purpose: name})
	if err != nil {
		return nil, errors.Join(err, shared.Close(ctx))
	}
	// As kopia's content verify and maintenance do: Refresh alone puts other
	// files in place.
	w.DisableIndexRefresh()
	return &opening{repository: r, DirectRepositoryWriter: w, shared: shared}, nil
}

func (o *opening) close(ctx context.Context) error {
	return errors.Join(o.DirectRepositoryWriter.Close(ctx), o.shared.Close(ctx))
}

// contentBytes is the length of a content. It begins with its number.
const contentBytes = 64

// write adds contents, and has an index file for them written.
func (o *opening) write(ctx context.Context, contents int) error {
	for range contents {
		var data [contentBytes]byte
		binary.BigEndian.PutUint64(data[:], o.next)
		o.next++
		w := o.NewObjectWriter(ctx, object.WriterOptions{})
		_, err := w.Write(data[:])
		if err == nil {
			_, err = w.Result()
		}
		if err := errors.Join(err, w.Close()); err != nil {
			return err
		}
	}
	return o.Flush(ctx)
}

// names returns the contents in a listing's order.
func (o *opening) names(ctx context.Context) (names []content.ID, err error) {
	err = o.ContentReader().IterateContents(ctx, content.IterateOptions{}, func(i content.Info) error {
		names = append(names, i.ContentID)
		return nil
	})
	return names, err
}

// check reads all contents, of which there must be some. It returns how many
// there are. What the last program has left in a cache is used for that, and
// must show the same as a repository that is opened without.
func (r repository) check(ctx context.Context, atLeast int) (count int, err error) {
	var before []content.ID
	for _, cache := range []int64{cached, 0} {
		o, err := r.open(ctx, "reader", cache)
		if err != nil {
			return 0, err
		}
		names, err := o.names(ctx)
		switch {
		case err != nil:
		case cache == cached:
			before = names
		case len(names) != len(before):
			err = fmt.Errorf("%d contents with the cache, %d without", len(before), len(names))
		case len(names) < atLeast:
			err = fmt.Errorf("%d contents, but %d were written", len(names), atLeast)
		default:
			err = o.read(ctx, names)
		}
		if err := errors.Join(err, o.close(ctx)); err != nil {
			return 0, err
		}
	}
	return len(before), nil
}

// read reads the contents, which must have the numbers from 0 on.
func (o *opening) read(ctx context.Context, names []content.ID) error {
	found := make([]bool, len(names))
	for _, name := range names {
		data, err := o.ContentReader().GetContent(ctx, name)
		if err != nil {
			return fmt.Errorf("content %v: %w", name, err)
		}
		if len(data) != contentBytes {
			return fmt.Errorf("content %v has %d bytes, want %d", name, len(data), contentBytes)
		}
		number := binary.BigEndian.Uint64(data)
		if number >= uint64(len(names)) || found[number] {
			return fmt.Errorf("content %v has the number %d, which is too large or another's, too", name, number)
		}
		found[number] = true
	}
	return nil
}
