package overlay

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

const explore = "hazptr/internal/explore"

// twins are the packages that stand for others.
var twins = map[string]string{
	"sync":        explore + "/sync",
	"sync/atomic": explore + "/atomic",
}

// raw are files whose use of the packages themselves is right.
var raw = []string{
	"internal/fence/heavy_linux_amd64.go", // membarrier itself is not explored
	"internal/fence/world_linux_amd64.go", // nor what stops the world
}

// A cut is a piece of a file that something else stands for.
type cut struct {
	from, to int // bytes
	with     string
}

// rewrite returns what stands for a source in the overlay. One that is changed,
// on purpose, may have changed where it is edited.
func rewrite(path, source string, changed bool) (string, error) {
	text := source
	for _, e := range edits[path] {
		if n := strings.Count(text, e.old); n != e.times() && !changed {
			return "", fmt.Errorf("overlay: %s: %q is there %d times, not %d: see what it has become, and mend edits.go", path, e.old, n, e.times())
		}
		text = strings.ReplaceAll(text, e.old, e.new)
	}
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	if !changed && !strings.HasSuffix(path, "_test.go") {
		if err := looked(path, f); err != nil {
			return "", err
		}
	}
	at := func(p token.Pos) int { return files.Position(p).Offset }
	var cuts []cut
	if !slices.Contains(raw, path) {
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return "", err
			}
			if twin, any := twins[name]; any {
				cuts = append(cuts, cut{at(spec.Path.Pos()), at(spec.Path.End()), strconv.Quote(twin)})
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, is := n.(*ast.GoStmt); is {
			cuts = append(cuts,
				cut{at(s.Go), at(s.Call.Pos()), "explore.Go(func() { "},
				cut{at(s.End()), at(s.End()), " })"})
		}
		return true
	})
	text = apply(text, cuts)
	if strings.Contains(text, "explore.") && !strings.Contains(text, strconv.Quote(explore)) {
		after := files.Position(f.Name.End()).Offset
		text = text[:after] + "; import " + strconv.Quote(explore) + text[after:]
	}
	return text, nil
}

// apply makes the cuts.
func apply(text string, cuts []cut) string {
	slices.SortFunc(cuts, func(a, b cut) int { return b.from - a.from })
	for _, c := range cuts {
		text = text[:c.from] + c.with + text[c.to:]
	}
	return text
}
