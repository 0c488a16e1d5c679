package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/rounds"
)

func TestReportWithoutMaps(t *testing.T) {
	var out strings.Builder
	r := report{Results: []result{{Way: "unsafe", Ended: &ending{How: "survived", After: 2 * time.Second}}}}
	if err := r.write(&out, "table"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"maps no files", "\nunsafe: survived after 2.00 s\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "lookups per second") {
		t.Errorf("a table of nothing in\n%s", out.String())
	}
}

func TestReportWithoutHazptr(t *testing.T) {
	var out strings.Builder
	r := result{Way: "gc", LookupsPerSec: &rounds.Spread{Median: 1.5e6}, Lookup: &lookupTimes{}, Reload: &times{}, Unmapped: &times{}, UsedAfterUnmap: 7}
	if err := writeResults(&out, "lookup", []result{r}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"│ 1.50 M │", "│      7 │"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestFigureTexts(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{countText(99_999), "99999"},
		{countText(123_456), "0.12 M"},
		{bytesText(12_345), "12.3 kB"},
		{bytesText(12_345_678), "12.3 MB"},
		{noneText(0), "none"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
