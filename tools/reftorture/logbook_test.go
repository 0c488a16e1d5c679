package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A run that is started again passes over what the logbook has as done, and
// does the rest.
func TestLogbook(t *testing.T) {
	defer func(before string) { commit = before }(commit)
	commit = "c0ffee"
	path := filepath.Join(t.TempDir(), "log")
	open := func(args ...string) *logbook {
		o, err := reftorture.Parse(append(args, "-log", path), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		b, err := openLogbook(o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	done := func(b *logbook, want bool, typ string, asked time.Duration) {
		t.Helper()
		if got := b.done(typ, asked) != ""; got != want {
			text, _ := os.ReadFile(path)
			t.Errorf("%s for %v is done: %t, of\n%s", typ, asked, got, text)
		}
	}
	add := func(b *logbook, out *outcome, asked time.Duration) {
		if err := b.add(out, asked); err != nil {
			t.Fatal(err)
		}
	}
	const busted = "busted-hazptr-early"
	failed := []*verdict{{Protections: 3, Failures: []failure{{Kind: kindLost, Text: "an object\nSUCCESS", After: 1.5}}}}

	first := open()
	done(first, false, "hazptr", time.Minute)
	add(first, &outcome{Type: "hazptr", Right: true, Runs: []*verdict{{Success: true, Protections: 7, Ended: 5}, {Success: true, Protections: 1}}}, time.Minute)
	add(first, &outcome{Type: "rcu", Runs: failed}, time.Minute)
	add(first, &outcome{Type: busted, Busted: "a rule", Right: true, Runs: failed}, 20*time.Second)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 3 || !strings.Contains(string(text), " flags=[] protections=8 ended=5 SUCCESS\n") {
		t.Errorf("%v\n%s", err, text)
	}

	again := open("-stat-interval", "1s")
	done(again, true, "hazptr", time.Minute)
	done(again, true, "hazptr", time.Second)
	done(again, false, "hazptr", 2*time.Minute)
	done(again, false, "rcu", time.Minute) // it failed
	done(again, false, "srcu", time.Minute)
	done(again, true, busted, time.Minute)
	done(again, false, busted, 10*time.Second) // it was given longer
	done(open("-scenes", "order, leave"), false, "hazptr", time.Minute)

	// A line that is torn at any place, or that only has no end.
	for cut := range len(" protections=8 ended=5 SUCCESS\n") - 1 {
		line := text[:strings.IndexByte(string(text), '\n')+1]
		if err := os.WriteFile(path, line[:len(line)-1-cut], 0o666); err != nil {
			t.Fatal(err)
		}
		b := open()
		done(b, cut == 0, "hazptr", time.Minute)
		add(b, &outcome{Type: "gate", Right: true}, time.Minute)
		done(open(), true, "gate", time.Minute)
		done(open(), cut == 0, "hazptr", time.Minute)
	}

	for _, commit = range []string{"c0ffee" + dirty, "decaf"} {
		b := open()
		done(b, false, "gate", time.Minute)
		add(b, &outcome{Type: "gate", Right: true}, time.Minute)
		done(open(), commit == "decaf", "gate", time.Minute)
	}
}

// A type that the logbook has as done is not tortured again.
func TestLoggedTypes(t *testing.T) {
	defer func(before string) { commit = before }(commit)
	commit = "c0ffee"
	path := filepath.Join(t.TempDir(), "log")
	line := logLine{"2026-01-02T15:04:05Z", commit, "hazptr", time.Hour, "2/2", "go1.26", "[]", 8, 5, success}
	if err := os.WriteFile(path, []byte(line.String()+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := run_(t, "-type", "hazptr", "-duration", "1h", "-log", path)
	if status != 0 || stderr != "" || !strings.Contains(stdout, "SUCCESS  done already, "+line.date) {
		t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
	}
	if testing.Short() {
		return
	}
	for range 2 { // the second time nothing is left to do
		stdout, stderr, status = run_(t, "-type", "hazptr,gate", "-duration", "500ms", "-log", path, "-json")
		text, err := os.ReadFile(path)
		if status != 0 || stderr != "" || err != nil || strings.Count(string(text), "\n") != 2 || !strings.HasSuffix(string(text), " SUCCESS\n") {
			t.Errorf("status %d, %v\n%s\n%s\n%s", status, err, stdout, stderr, text)
		}
	}
}

func TestLogbookNeedsACommitAndAFile(t *testing.T) {
	folder := t.TempDir()
	for commit_, want := range map[string]string{
		"":       "--log: the lines tell the commit, which this program does not know: build it in a clone with go build",
		"c0ffee": "is a device: give the path of a regular file",
	} {
		func() {
			defer func(before string) { commit = before }(commit)
			commit = commit_
			if _, stderr, status := run_(t, "-log", os.DevNull); status != 2 || !strings.Contains(stderr, want) {
				t.Errorf("commit %q: status %d, %q", commit_, status, stderr)
			}
		}()
	}
	if _, stderr, status := run_(t, "-log", folder); status != 2 || !strings.Contains(stderr, folder+" is a folder: give the path of a regular file") {
		t.Errorf("status %d, %q", status, stderr)
	}
}
