package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"hazptr/internal/command"
	"hazptr/mapped"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// mappedFile has package mapped map what is at one path. An edition comes there
// as a ConfigMap's file does: a symbolic link to it is renamed to the path. So
// this way writes no more bytes than the others, and maps the same files.
type mappedFile struct {
	file    *mapped.Parsed[*database]
	path    string
	remove  func() error // the path's folder
	census  *contest.Census
	next    edition   // that is at the path
	present *database // the last one that was parsed
	ends    sync.WaitGroup
}

func beginMapped(first edition, c *contest.Census) (databases, error) {
	folder, remove, err := command.WorkFolder(os.TempDir(), "mmdb-*")
	if err != nil {
		return nil, err
	}
	f := &mappedFile{path: filepath.Join(folder, "networks.mmdb"), remove: remove, census: c}
	if err = f.publish(first); err == nil {
		// Errors are returned.
		f.file, err = mapped.Parse(f.path, f.parse, mapped.Options{Logger: slog.New(slog.DiscardHandler)})
	}
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	return f, nil
}

// publish puts the edition at the path.
func (f *mappedFile) publish(e edition) error {
	f.next = e
	link := f.path + ".new"
	if err := os.Symlink(e.path, link); err != nil {
		return err
	}
	return os.Rename(link, f.path)
}

// parse makes a database of a mapping, which readers get right after it.
func (f *mappedFile) parse(b []byte) (*database, error) {
	if err := room(f.census); err != nil {
		return nil, err
	}
	reader, err := maxminddb.OpenBytes(b)
	if err != nil {
		return nil, err
	}
	if f.present != nil {
		f.present.Replaced = time.Now()
	}
	f.present = newDatabase(reader, f.next, int64(len(b)), f.census)
	return f.present, nil
}

func (f *mappedFile) Visit() (keeper.Look[database], func()) {
	return func(use func(*database)) {
		if err := f.file.Do(func(db *database) error {
			use(db)
			return nil
		}); err != nil {
			panic(err) // the file is closed, or its mapping has ended
		}
	}, func() {}
}

// Reload leaves out of its time what another program does where a file is
// replaced, which is to put the next one at the path.
func (f *mappedFile) Reload(e edition) (time.Duration, error) {
	old := f.present
	if err := f.publish(e); err != nil {
		return 0, err
	}
	begun := time.Now()
	err := f.file.Reload(context.Background())
	took := time.Since(begun)
	if err != nil {
		return 0, err
	}
	f.ends.Go(func() {
		if f.file.Drain(context.Background()) == nil {
			old.ended()
		}
	})
	return took, nil
}

// ended is told of the end of the mapping, which package mapped has unmapped.
func (db *database) ended() { db.End(func() error { return nil }) }

func (f *mappedFile) End(ctx context.Context) error {
	err := f.file.Shutdown(ctx)
	if err == nil {
		f.ends.Wait()
		f.present.ended()
	}
	return errors.Join(err, f.remove())
}
