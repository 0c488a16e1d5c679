package overlay

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// apart are the packages of the library that are not explored though they use
// sync or sync/atomic, each with the reason.
var apart = map[string]string{
	"cachedref":           "not explored",
	"debug":               "not explored",
	"percpuref":           "not explored",
	"examples":            "programs",
	"internal/check":      "in debug builds alone",
	"internal/command":    "programs",
	"internal/faulty":     "tests",
	"internal/interleave": "tests",
	"internal/litmus":     "tests",
	"internal/percpugate": "not explored",
	"internal/report":     "pages and metrics",
	"internal/roster":     "pages and metrics",
	"live":                "not explored; it waits for readers by hazard.Ask",
	"mapped":              "not explored; it stands on live",
	"internal/yield":      "asks the explorer",
}

// gate returns an error if a package of the module that is neither rewritten
// nor apart uses sync or sync/atomic: its steps would not be seen, and what is
// not seen is not explored.
func gate(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		if d.IsDir() {
			switch {
			case strings.HasPrefix(d.Name(), ".") && below != ".", d.Name() == "testdata", strings.HasPrefix(below, "internal/explore"):
				return fs.SkipDir
			// Modules of their own.
			case below == "tools", below == "prom", below == "hazptrvet":
				return fs.SkipDir
			}
			return nil
		}
		in := filepath.ToSlash(filepath.Dir(below))
		if !strings.HasSuffix(below, ".go") || strings.HasSuffix(below, "_test.go") || slices.Contains(Folders, in) || apartFrom(in) {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			if name, _ := strconv.Unquote(spec.Path.Value); twins[name] != "" {
				return fmt.Errorf("overlay: %s imports %s, and is neither rewritten nor among the packages apart: name its folder in overlay.go, or in gate.go with the reason", below, name)
			}
		}
		return nil
	})
}

// apartFrom reports whether a folder is apart, or below one that is.
func apartFrom(folder string) bool {
	for ; folder != "."; folder = filepath.ToSlash(filepath.Dir(folder)) {
		if apart[folder] != "" {
			return true
		}
	}
	return false
}
