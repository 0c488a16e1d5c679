package main

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs linux")
	}
	var out bytes.Buffer
	err := run(t.Context(), &options{Duration: time.Second, Every: 5 * time.Millisecond, Stay: 20 * time.Millisecond, Sample: 100 * time.Millisecond, MiB: 1}, &out, nil)
	if err != nil || !strings.Contains(out.String(), "first quarter") {
		t.Errorf("%v\n%s", err, &out)
	}
	t.Logf("%s", &out)
}

// What grows is told.
func TestGrown(t *testing.T) {
	lines := []held{{resident: 100 << 20, mappings: 50, files: 8}, {}, {}, {resident: 200 << 20}}
	var out bytes.Buffer
	if err := grown(&out, lines); err == nil || !strings.Contains(out.String(), "200.0 MiB") {
		t.Errorf("%v\n%s", err, &out)
	}
	lines[3] = held{resident: 110 << 20, mappings: 500}
	if grown(&out, lines) == nil {
		t.Error("mappings have grown")
	}
	lines[3] = held{resident: 110 << 20, mappings: 60, files: 8}
	if err := grown(&out, lines); err != nil {
		t.Error(err)
	}
	if grown(&out, lines[:3]) == nil {
		t.Error("three lines are enough")
	}
}

func TestCheck(t *testing.T) {
	if (&options{Duration: time.Hour, Every: 1, Stay: 1, Sample: time.Minute}).Check() != nil {
		t.Error("a good one")
	}
	if (&options{Duration: time.Minute, Every: 1, Stay: 1, Sample: time.Minute}).Check() == nil || (&options{}).Check() == nil {
		t.Error("bad ones")
	}
}
