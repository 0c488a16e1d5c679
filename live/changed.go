package live

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Changed looks at the files at intervals of poll, and reloads when one of them
// has changed since Changed was called, or since its own last reload that went
// well, and then all have stayed as they are for one interval: a certificate,
// its key and its authority lead to one reload. A reload that fails is tried
// again, after intervals that double up to 64 times poll. What another Trigger
// has reloaded meanwhile is reloaded once more, since that Load may have begun
// before the change.
//
// A file has changed when its inode, size, modification time, mode or, on unix,
// change time is another one than before; older or newer makes no difference.
// Symbolic links are followed, so that a ConfigMap's swap is seen. (A subPath
// mount of a ConfigMap never changes.) A directory stands for its entries, not
// for those below them. That a file is missing is no change; one that is
// missing for longer than Options.Warn is logged, once, and told in
// [Status].Problems.
//
// Changed polls: it needs no inotify, and sees changes of network and overlay
// file systems. It panics if poll is not positive, without a path, and if a
// path is empty.
func Changed(poll time.Duration, paths ...string) Trigger {
	if poll <= 0 || len(paths) == 0 {
		panic(fmt.Sprintf("live: Changed(%v) of %d paths, want a positive interval and a path", poll, len(paths)))
	}
	if i := slices.Index(paths, ""); i >= 0 {
		panic(fmt.Sprintf("live: Changed(%v) of %q, of which path %d is empty, want the name of a file or directory", poll, paths, i+1))
	}
	w := watch{paths: slices.Clone(paths), poll: poll, missing: make([]time.Time, len(paths)), told: make([]bool, len(paths))}
	w.loaded = w.look(make([]sight, len(paths)))
	return w.run
}

// A watch is a Changed at work.
type watch struct {
	paths   []string
	poll    time.Duration
	loaded  []sight     // what the last good reload has begun with
	missing []time.Time // since when a path is missing
	told    []bool      // that it is missing
}

// run is called once by each Value, and has its own w.
func (w watch) run(ctx context.Context, reload func(context.Context) error) {
	w.missing, w.told = slices.Clone(w.missing), slices.Clone(w.told)
	timer := time.NewTimer(w.poll)
	defer timer.Stop()
	before := w.loaded
	wait, patience := 0, 1 // in intervals, after a failure
	// The interval begins when a look or reload, which may be slow, has
	// ended.
	for ; ; timer.Reset(w.poll) {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := w.look(before)
		w.tellMissing(triggeredBy(ctx))
		if wait--; !same(now, before) {
			before, wait, patience = now, 0, 1
			continue
		}
		if same(now, w.loaded) || wait > 0 {
			continue
		}
		if reload(ctx) == nil {
			w.loaded, patience = now, 1
			continue
		}
		wait, patience = patience, min(2*patience, 64)
	}
}

// look looks at the paths. One that is missing is as it was before.
func (w *watch) look(before []sight) []sight {
	now := make([]sight, len(w.paths))
	for i, path := range w.paths {
		seen, err := lookAt(path)
		switch {
		case err == nil:
			now[i], w.missing[i] = seen, time.Time{}
		default:
			now[i] = before[i]
			if w.missing[i].IsZero() {
				w.missing[i] = time.Now()
			}
		}
	}
	return now
}

// tellMissing notes what has been missing for long.
func (w *watch) tellMissing(by *triggered) {
	if by == nil || by.warn == 0 {
		return
	}
	changed := false
	var missing []string
	for i, since := range w.missing {
		late := !since.IsZero() && time.Since(since) >= by.warn
		if late != w.told[i] {
			w.told[i], changed = late, true
			if late {
				by.logger.Error("live: a file is missing", "name", by.name, "path", w.paths[i], "since", since)
			}
		}
		if late {
			missing = append(missing, fmt.Sprintf("%s is missing since %s", w.paths[i], since.Format(time.RFC3339)))
		}
	}
	if changed {
		by.problem(by.index, strings.Join(missing, "; "))
	}
}

// A sight is what was seen of a path: of itself, or of a directory's entries.
type sight []file

// A file is what was seen of one. Of a directory, which stands for its entries,
// it is only which one it is.
type file struct {
	name     string
	info     os.FileInfo // for os.SameFile
	mode     os.FileMode
	size     int64
	modified time.Time
	changed  int64 // see changeTime
}

func newFile(name string, info os.FileInfo) file {
	f := file{name: name, info: info, mode: info.Mode()}
	if !info.IsDir() {
		f.size, f.modified, f.changed = info.Size(), info.ModTime(), changeTime(info)
	}
	return f
}

func (f file) same(g file) bool {
	return f.name == g.name && os.SameFile(f.info, g.info) && f.mode == g.mode && f.size == g.size && f.modified.Equal(g.modified) && f.changed == g.changed
}

func (s sight) same(t sight) bool { return slices.EqualFunc(s, t, file.same) }

func same(a, b []sight) bool { return slices.EqualFunc(a, b, sight.same) }

func lookAt(path string) (sight, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	seen := sight{newFile(path, info)}
	if !info.IsDir() {
		return seen, nil
	}
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(path, e.Name()))
		if err != nil {
			info, err = e.Info() // a symbolic link to nothing
		}
		if err == nil { // it was not removed meanwhile
			seen = append(seen, newFile(e.Name(), info))
		}
	}
	return seen, err
}
