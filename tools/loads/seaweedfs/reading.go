package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"

	"hazptr/tools/loads/internal/pair"
)

// A reading says how long and how branched the code is that reads a volume, in
// one copy.
type reading struct {
	Arm      string `json:"arm"`
	Lines    int    `json:"lines"`    // of volume_read.go
	Locking  int    `json:"locking"`  // lines that name the volume's lock
	SlowRead int    `json:"slowread"` // lines that ask for hasSlowRead
	Stream   int    `json:"stream"`   // lines that stream a needle
	Branches int    `json:"branches"` // in these
}

// readingsOf looks at all copies.
func readingsOf(p *pair.Pair) (all []reading, err error) {
	for _, c := range p.Copies {
		text, err := os.ReadFile(filepath.Join(c.Source.Dir, inStorage+"volume_read.go"))
		if err != nil {
			return nil, err
		}
		r, err := readingOf(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		r.Arm = c.Name
		all = append(all, r)
	}
	return all, nil
}

// readingOf looks at the text of volume_read.go.
func readingOf(text []byte) (r reading, err error) {
	for line := range bytes.Lines(text) {
		r.Lines++
		if bytes.Contains(line, []byte("v.dataFileAccessLock.")) {
			r.Locking++
		}
		if bytes.Contains(line, []byte("readOption.HasSlowRead")) {
			r.SlowRead++
		}
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "volume_read.go", text, 0)
	if err != nil {
		return r, err
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "streamNeedleData" {
			continue
		}
		r.Stream = files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
		ast.Inspect(f, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.CaseClause, *ast.CommClause:
				r.Branches++
			}
			return true
		})
	}
	if r.Stream == 0 {
		return r, fmt.Errorf("volume_read.go has no function streamNeedleData")
	}
	return r, nil
}
