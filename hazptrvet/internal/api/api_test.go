package api

import "testing"

func TestPackage(t *testing.T) {
	for path, want := range map[string]string{
		"hazptr":                           "hazptr",
		"example.com/hazptr":               "hazptr",
		"hazptr/srcu":                      "srcu",
		"example.com/hazptr/percpuref":     "percpuref",
		"example.com/hazptr/live":          "live",
		"hazptr/mapped":                    "mapped",
		"example.com/live":                 "example.com/live",
		"example.com/srcu":                 "example.com/srcu",
		"sync/atomic":                      "atomic",
		"example.com/atomic":               "example.com/atomic",
		"golang.org/x/sync/errgroup":       "errgroup",
		"example.com/hazptr/internal/srcu": "example.com/hazptr/internal/srcu",
		"example.com/nohazptr":             "example.com/nohazptr",
	} {
		if got := Package(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
