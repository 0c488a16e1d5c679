package live_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A folder has files that tests replace. The clock that stamps them is not the
// bubble's.
type folder struct {
	t    *testing.T
	path string
}

func newFolder(t *testing.T) folder { return folder{t, t.TempDir()} }

func (f folder) at(name string) string { return filepath.Join(f.path, name) }

func (f folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// write replaces a file by a rename, or makes it.
func (f folder) write(name, text string) {
	f.t.Helper()
	f.must(os.WriteFile(f.at(name+".new"), []byte(text), 0o600))
	f.must(os.Rename(f.at(name+".new"), f.at(name)))
}

func TestChanged(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(folder)
		loads  int64 // after it
	}{
		{"nothing", func(folder) {}, 0},
		{"replaced", func(f folder) { f.write("a", "other") }, 1},
		{"replaced, size and time the same", func(f folder) {
			before, err := os.Stat(f.at("a"))
			f.must(err)
			f.write("a", "one")
			f.must(os.Chtimes(f.at("a"), before.ModTime(), before.ModTime()))
		}, 1},
		{"written in place, size and time the same", func(f folder) {
			before, err := os.Stat(f.at("a"))
			f.must(err)
			time.Sleep(time.Millisecond)
			f.must(os.WriteFile(f.at("a"), []byte("two"), 0o600))
			f.must(os.Chtimes(f.at("a"), before.ModTime(), before.ModTime()))
		}, 1},
		{"older than before", func(f folder) {
			f.write("a", "one")
			f.must(os.Chtimes(f.at("a"), time.Unix(1, 0), time.Unix(1, 0)))
		}, 1},
		{"grown", func(f folder) { f.must(os.Truncate(f.at("a"), 4096)) }, 1},
		{"emptied", func(f folder) { f.must(os.Truncate(f.at("a"), 0)) }, 1},
		{"removed", func(f folder) { f.must(os.Remove(f.at("a"))) }, 0},
		{"replaced by a directory", func(f folder) { f.must(os.Remove(f.at("a"))); f.must(os.Mkdir(f.at("a"), 0o700)) }, 1},
		{"both", func(f folder) { f.write("a", "two"); f.write("b", "two") }, 1},
		{"one of two", func(f folder) { f.write("b", "two") }, 1},
		{"what one leads to", func(f folder) { f.write("target", "two") }, 1},
		{"the link", func(f folder) {
			f.write("other", "one")
			f.must(os.Symlink("other", f.at("link.new")))
			f.must(os.Rename(f.at("link.new"), f.at("link")))
		}, 1},
		{"a file in the directory", func(f folder) { f.write("folder/x", "two") }, 1},
		{"one more in the directory", func(f folder) { f.write("folder/y", "two") }, 1},
		{"one less in the directory", func(f folder) { f.must(os.Remove(f.at("folder/x"))) }, 1},
		{"below the directory's directory", func(f folder) { f.write("folder/sub/z", "two") }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			for _, name := range []string{"a", "b", "target"} {
				f.write(name, "one")
			}
			f.must(os.Symlink("target", f.at("link")))
			f.must(os.MkdirAll(f.at("folder/sub"), 0o700))
			f.write("folder/x", "one")
			f.write("folder/sub/z", "one")
			f.must(os.Symlink("nowhere", f.at("folder/dangling")))
			synctest.Test(t, func(t *testing.T) {
				var n tally
				v := n.open(t, new(litmus.Journal), live.Changed(poll, f.at("a"), f.at("b"), f.at("link"), f.at("folder")))
				if loads := n.after(3); loads != 1 {
					t.Errorf("%d Loads at first", loads)
				}
				c.change(f)
				if loads := n.after(5); loads != 1+c.loads {
					t.Errorf("%d Loads after the change, want %d", loads-1, c.loads)
				}
				closePlain(t, v)
			})
		})
	}
}

// A change between Changed and the first Load leads to a second; one that goes
// on delays it until the file has stayed for a poll.
func TestChangedFromTheBeginning(t *testing.T) {
	f := newFolder(t)
	f.write("a", "one")
	synctest.Test(t, func(t *testing.T) {
		changed := live.Changed(poll, f.at("a"))
		f.write("a", "two")
		var n tally
		v := n.open(t, new(litmus.Journal), changed)
		if loads := n.after(3); loads != 2 {
			t.Errorf("%d Loads", loads)
		}
		for i := range 10 { // it grows by 4 KB a step
			f.must(os.Truncate(f.at("a"), int64(4096*(i+1))))
			if loads := n.after(1); loads != 2 {
				t.Errorf("step %d: %d Loads while the file grows", i, loads)
			}
		}
		if loads := n.after(3); loads != 3 {
			t.Errorf("%d Loads after the file has grown", loads)
		}
		closePlain(t, v)
	})
}

// A Load that fails is tried again, after intervals that double.
func TestChangedTriesAgain(t *testing.T) {
	f := newFolder(t)
	f.write("a", "one")
	synctest.Test(t, func(t *testing.T) {
		var n tally
		v := n.open(t, new(litmus.Journal), live.Changed(poll, f.at("a")))
		n.fail.Store(true)
		f.write("a", "two")
		if loads := n.after(1 + 1 + 1 + 2 + 4 + 8); loads != 1+5 {
			t.Errorf("%d Loads", loads)
		}
		n.fail.Store(false)
		if loads := n.after(20); loads != 1+6 {
			t.Errorf("%d Loads", loads)
		}
		if loads := n.after(200); loads != 1+6 {
			t.Errorf("%d Loads after one that went well", loads)
		}
		closePlain(t, v)
	})
}

// A file that is missing is no change; it is told of, once, until it is back.
func TestChangedMissing(t *testing.T) {
	f := newFolder(t)
	f.write("a", "one")
	f.write("b", "one")
	synctest.Test(t, func(t *testing.T) {
		var n tally
		var j litmus.Journal
		v := n.open(t, &j, live.Changed(poll, f.at("a"), f.at("b")))
		f.must(os.Remove(f.at("a")))
		if loads := n.after(50); loads != 1 || len(v.Status().Problems) != 0 {
			t.Error(loads, v.Status().Problems)
		}
		n.after(20)
		if p := v.Status().Problems; len(p) != 1 || !j.Has("a file is missing") {
			t.Errorf("%q", p)
		}
		f.write("b", "two")
		if loads := n.after(5); loads != 2 {
			t.Errorf("%d Loads: the other file was changed", loads)
		}
		f.write("a", "one")
		if loads := n.after(5); loads != 3 || len(v.Status().Problems) != 0 {
			t.Error(loads, v.Status().Problems)
		}
		closePlain(t, v)
	})
}

// Each file that is missing is told of, until it is back itself.
func TestChangedMissingTwo(t *testing.T) {
	f := newFolder(t)
	f.write("a", "one")
	f.write("b", "one")
	synctest.Test(t, func(t *testing.T) {
		var n tally
		v := n.open(t, new(litmus.Journal), live.Changed(poll, f.at("a"), f.at("b")))
		f.must(os.Remove(f.at("a")))
		f.must(os.Remove(f.at("b")))
		n.after(70)
		f.write("a", "one")
		n.after(70)
		if p := v.Status().Problems; len(p) != 1 || !strings.HasPrefix(p[0], f.at("b")) {
			t.Errorf("%q", p)
		}
		closePlain(t, v)
	})
}

// Two Values with one Trigger see each change, and each tells of what is
// missing; also one that is made after the change.
func TestChangedOfTwoValues(t *testing.T) {
	f := newFolder(t)
	f.write("a", "one")
	f.write("b", "one")
	synctest.Test(t, func(t *testing.T) {
		changed := live.Changed(poll, f.at("a"), f.at("b"))
		var first, second, later tally
		var log, other litmus.Journal
		v, w := first.open(t, &log, changed), second.open(t, &other, changed)
		f.write("a", "two")
		if a, b := first.after(5), second.loads.Load(); a != 2 || b != 2 {
			t.Errorf("%d and %d Loads after a change", a, b)
		}
		f.must(os.Remove(f.at("b")))
		first.after(70)
		for _, v := range []*live.Plain[int64]{v, w} {
			if p := v.Status().Problems; len(p) != 1 {
				t.Errorf("%q", p)
			}
		}
		if !log.Has("a file is missing") || !other.Has("a file is missing") {
			t.Error("it is not logged for each")
		}
		closePlain(t, v)
		u := later.open(t, new(litmus.Journal), changed)
		if loads := later.after(5); loads != 2 {
			t.Errorf("%d Loads of a Value that is made after a change", loads)
		}
		f.write("b", "two")
		if a, b := later.after(5), second.loads.Load(); a != 3 || b != 3 {
			t.Errorf("%d and %d Loads when the file is back", a, b)
		}
		if p := w.Status().Problems; len(p) != 0 {
			t.Errorf("%q", p)
		}
		closePlain(t, w)
		closePlain(t, u)
	})
}

// A reload that is slow does not shorten the rest of the next change: two looks
// are an interval apart.
func TestChangedAfterASlowReload(t *testing.T) {
	f := newFolder(t)
	f.write("cert", "1")
	f.write("key", "1")
	synctest.Test(t, func(t *testing.T) {
		loads := 0
		v, err := live.OpenPlain(t.Context(), live.PlainOptions[string]{Name: "pair",
			ReloadOn: []live.Trigger{live.Changed(10*time.Second, f.at("cert"), f.at("key"))},
			Load: func(context.Context) (string, error) {
				if loads++; loads == 2 {
					time.Sleep(19900 * time.Millisecond)
				}
				cert, _ := os.ReadFile(f.at("cert"))
				key, _ := os.ReadFile(f.at("key"))
				if loads > 2 && string(cert) != string(key) {
					t.Errorf("half a change was loaded: %s, %s", cert, key)
				}
				return string(cert), nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		f.write("cert", "22")
		f.write("key", "22") // loaded from 20s on, until 39.9s
		time.Sleep(34850 * time.Millisecond)
		f.write("cert", "333")
		time.Sleep(time.Second)
		f.write("key", "333")
		time.Sleep(time.Minute)
		synctest.Wait()
		if v.Get() != "333" || loads != 3 {
			t.Error(v.Get(), loads)
		}
		closePlain(t, v)
	})
}

// As Kubernetes mounts a ConfigMap: f leads to ..data/f, and ..data to ..1.
func TestChangedConfigMap(t *testing.T) {
	f := newFolder(t)
	for _, version := range []string{"..1", "..2"} {
		f.must(os.Mkdir(f.at(version), 0o700))
		f.write(version+"/f", version)
	}
	f.must(os.Symlink("..1", f.at("..data")))
	f.must(os.Symlink("..data/f", f.at("f")))
	for _, watched := range []string{f.at("f"), f.path} {
		synctest.Test(t, func(t *testing.T) {
			var n tally
			v := n.open(t, new(litmus.Journal), live.Changed(poll, watched))
			now, err := os.Readlink(f.at("..data"))
			f.must(err)
			next := map[string]string{"..1": "..2", "..2": "..1"}[now]
			f.must(os.Symlink(next, f.at("..data_tmp")))
			f.must(os.Rename(f.at("..data_tmp"), f.at("..data")))
			if loads := n.after(3); loads != 2 {
				t.Errorf("%s: %d Loads", watched, loads)
			}
			closePlain(t, v)
		})
	}
}
