// Package overlay writes overlays for go build and go test in which the library
// announces each step to package explore. The sources stay what they are.
//
// A line stays on its number, so that what a build with the overlay tells of
// places in the source is right.
package overlay

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Tags are the build tags that go with an overlay.
const Tags = "hazptr_yield,hazptr_explore"

// Folders are those of the packages whose accesses are steps, below the root of
// the module.
var Folders = []string{
	".", "gate", "internal/fence", "internal/grace", "internal/hazard",
	"internal/perproc", "internal/reclaim", "rcu", "srcu",
}

// Write writes an overlay for the module whose root it is given into a folder,
// and returns the file that go's flag -overlay takes. Where change is not nil,
// it is given each source first, with its path below the root, and returns what
// is to be instead.
func Write(root, folder string, change func(path, source string) string) (file string, err error) {
	replace := make(map[string]string)
	left := maps.Clone(edits)
	for _, in := range Folders {
		paths, err := filepath.Glob(filepath.Join(root, in, "*.go"))
		if err != nil {
			return "", err
		}
		for _, path := range paths {
			name := filepath.ToSlash(filepath.Join(in, filepath.Base(path)))
			source, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			if strings.HasSuffix(name, "_test.go") && !strings.Contains(string(source), "//go:build hazptr_explore\n") {
				replace[path] = "" // as if it weren't there
				continue
			}
			text := string(source)
			if change != nil {
				text = change(name, text)
			}
			rewritten, err := rewrite(name, text, text != string(source))
			if err != nil {
				return "", err
			}
			delete(left, name)
			if rewritten == string(source) {
				continue
			}
			to := filepath.Join(folder, strings.ReplaceAll(name, "/", "_"))
			if err := os.WriteFile(to, []byte(rewritten), 0o644); err != nil {
				return "", err
			}
			replace[path] = to
		}
	}
	if err := gate(root); err != nil {
		return "", err
	}
	if len(left) > 0 {
		return "", fmt.Errorf("overlay: there is no file %s", slices.Sorted(maps.Keys(left))[0])
	}
	list, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	file = filepath.Join(folder, "overlay.json")
	return file, os.WriteFile(file, list, 0o644)
}

// Scenarios returns the folders of the packages that have scenarios.
func Scenarios(root string) (folders []string, err error) {
	for _, in := range Folders {
		if _, err := os.Stat(filepath.Join(root, in, "explore_test.go")); err == nil {
			folders = append(folders, in)
		}
	}
	if folders == nil {
		return nil, fmt.Errorf("there are no scenarios in %s", root)
	}
	return folders, nil
}
