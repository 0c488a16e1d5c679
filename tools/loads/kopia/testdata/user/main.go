// User lists the contents of a kopia repository that it makes in a folder, and
// compacts its indexes in the middle of the listing.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob/filesystem"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/content/indexblob"
	"github.com/kopia/kopia/repo/format"
	"github.com/kopia/kopia/repo/object"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, folder string) error {
	configuration := filepath.Join(folder, "config")
	st, err := filesystem.New(ctx, &filesystem.Options{Path: filepath.Join(folder, "blobs")}, true)
	if err != nil {
		return err
	}
	initial := &repo.NewRepositoryOptions{BlockFormat: format.ContentFormat{MutableParameters: format.MutableParameters{Version: format.FormatVersion1}}}
	if err := repo.Initialize(ctx, st, initial, "user"); err != nil {
		return err
	}
	caching := content.CachingOptions{CacheDirectory: filepath.Join(folder, "cache"), ContentCacheSizeBytes: 1 << 30}
	if err := repo.Connect(ctx, configuration, st, "user", &repo.ConnectOptions{CachingOptions: caching}); err != nil {
		return err
	}
	opened, err := repo.Open(ctx, configuration, "user", nil)
	if err != nil {
		return err
	}
	defer opened.Close(ctx)
	_, w, err := opened.(repo.DirectRepository).NewDirectWriter(ctx, repo.WriteSessionOptions{})
	if err != nil {
		return err
	}
	defer w.Close(ctx)
	if err := write(ctx, w); err != nil {
		return err
	}
	listed := 0
	err = w.ContentReader().IterateContents(ctx, content.IterateOptions{}, func(content.Info) error {
		if listed++; listed > 1 {
			return nil
		}
		return w.ContentManager().CompactIndexes(ctx, indexblob.CompactOptions{AllIndexes: true})
	})
	if err != nil {
		return err
	}
	fmt.Println(listed, "contents")
	return nil
}

// write writes 4000 contents with two index files.
func write(ctx context.Context, w repo.RepositoryWriter) error {
	for i := range uint64(4000) {
		o := w.NewObjectWriter(ctx, object.WriterOptions{})
		if _, err := o.Write(binary.BigEndian.AppendUint64(nil, i)); err != nil {
			return err
		}
		if _, err := o.Result(); err != nil {
			return err
		}
		if err := o.Close(); err != nil {
			return err
		}
		if i%2000 == 1999 {
			if err := w.Flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
