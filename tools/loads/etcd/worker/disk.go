package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A disk is what this process holds of the disk by files of the database, in
// bytes; nothing where the system doesn't tell as Linux does.
type disk struct {
	data string
	most int64
}

// lookAgain is when the disk is looked at again.
const lookAgain = 5 * time.Millisecond

// watch notes what is held until ctx ends.
func (d *disk) watch(ctx context.Context) {
	for ctx.Err() == nil {
		present, removed := d.held()
		d.most = max(d.most, present+removed)
		_ = sleep(ctx, lookAgain)
	}
}

// freed waits until no file is held that was removed.
func (d *disk) freed(ctx context.Context) error {
	for began := time.Now(); ; {
		_, removed := d.held()
		if removed == 0 {
			return nil
		}
		if time.Since(began) > patience {
			return fmt.Errorf("%d MB of the disk do not come back: the replaced file is still open after %v, and nothing reads it", removed/1e6, patience)
		}
		if err := sleep(ctx, lookAgain); err != nil {
			return err
		}
	}
}

const descriptors = "/proc/self/fd"

// held returns the bytes of the database's files that are open, and of open
// ones that were removed. (bbolt unmaps a file before it closes it.)
func (d *disk) held() (present, removed int64) {
	folder := filepath.Dir(database(d.data)) + string(filepath.Separator)
	names, err := os.ReadDir(descriptors)
	if err != nil {
		return 0, 0
	}
	for _, name := range names {
		link := filepath.Join(descriptors, name.Name())
		path, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(path, folder) {
			continue
		}
		info, err := os.Stat(link)
		if err != nil {
			continue // closed meanwhile
		}
		if strings.HasSuffix(path, " (deleted)") {
			removed += info.Size()
		} else {
			present += info.Size()
		}
	}
	return present, removed
}
