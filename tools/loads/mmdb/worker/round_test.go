package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

func testTrial(t *testing.T) *trial {
	t.Helper()
	editions := testEditions(t)
	questions, err := questionsFor(t.Context(), editions[0])
	if err != nil {
		t.Fatal(err)
	}
	return &trial{editions: editions, questions: questions, readers: 4, first: stopAtFirst}
}

// play plays a round of a way, with so many reloads a second.
func (t *trial) play(ctx context.Context, w contest.Way[begin], reloads int, duration time.Duration) (*contest.Found, error) {
	t.duration = duration
	return t.round(ctx, cell{Kind: lookups, Rate: reloads, Way: w})
}

func TestSafeWays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	trial := testTrial(t)
	for _, w := range ways {
		if w.Name == crashing {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			happened := func(f *contest.Found) bool { return f.Done >= 1000 && f.Changes.Count() >= 10 && f.Most >= 2 }
			f, err := trial.play(t.Context(), w, 2000, 400*time.Millisecond)
			// Where the machine is busy with other things it takes longer.
			for longer := 800 * time.Millisecond; err == nil && !happened(f) && longer < time.Minute; longer *= 2 {
				f, err = trial.play(t.Context(), w, 2000, longer)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !happened(f) {
				t.Errorf("%d lookups, %d reloads, %d mappings at most: nothing happened", f.Done, f.Changes.Count(), f.Most)
			}
			// Every database but the last was replaced, and unmapped.
			if got, want := f.Outlived.Count(), f.Changes.Count(); got != want {
				t.Errorf("%d of %d replaced databases were unmapped", got, want)
			}
		})
	}
}

// marking is the unsafe way without the crash: it only marks what it replaces.
type marking struct {
	keeper.Keeper[database]
	kept []*database
}

func beginMarking(first *database) keeper.Keeper[database] {
	w := &marking{}
	w.Keeper = keeper.AtOnce(func(db *database) {
		db.Ended.Store(true)
		w.kept = append(w.kept, db)
	})(first)
	return w
}

func (w *marking) End(ctx context.Context) error {
	err := w.Keeper.End(ctx)
	for _, db := range w.kept {
		db.Ended.Store(false)
		db.close()
	}
	return err
}

func TestRoundStopsAtFinding(t *testing.T) {
	trial := testTrial(t)
	_, err := trial.play(t.Context(), contest.Way[begin]{Name: "marking", Begin: opened(beginMarking)}, 2000, time.Hour)
	if err == nil || !strings.Contains(err.Error(), "use after unmap: the database was unmapped while") {
		t.Errorf("error %v", err)
	}
}

// A way that drops a replaced database without closing it is noticed.
func TestRoundFindsLeftMappings(t *testing.T) {
	trial := testTrial(t)
	var kept []*database
	forget := func(db *database) { kept = append(kept, db) }
	_, err := trial.play(t.Context(), contest.Way[begin]{Name: "forgetful", Begin: opened(keeper.Locked(forget))}, 2000, 100*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "mappings are left at the end") {
		t.Errorf("error %v", err)
	}
	for _, db := range kept {
		db.close()
	}
}

// Files that a way maps itself are not the ones that the updater opens.
func twoWays(t *testing.T, test func(t *testing.T, w contest.Way[begin])) {
	two, err := contest.Choose("hazptr,mapped", ways)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range two {
		t.Run(w.Name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			test(t, w)
			if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}

func TestRoundInterrupted(t *testing.T) {
	twoWays(t, func(t *testing.T, w contest.Way[begin]) {
		trial := testTrial(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if _, err := trial.play(ctx, w, 2000, time.Hour); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "left") {
			t.Errorf("error %v", err)
		}
		if n, ok := mappingsOf(trial.editions); ok && n != 0 {
			t.Errorf("%d mappings are left", n)
		}
	})
}

func TestReloadFails(t *testing.T) {
	twoWays(t, func(t *testing.T, w contest.Way[begin]) {
		trial := testTrial(t)
		trial.editions[2].path += "-missing"
		_, err := trial.play(t.Context(), w, 2000, time.Hour)
		if err == nil || !strings.Contains(err.Error(), "reload 2: ") || strings.Contains(err.Error(), "left") {
			t.Errorf("error %v", err)
		}
		trial.editions[0].path += "-missing"
		if _, err := trial.play(t.Context(), w, 2000, time.Hour); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error %v", err)
		}
	})
}
