package lifetime

import (
	"go/ast"
	"go/token"
	"iter"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Ignore reports comments "//hazptrvet:ignore" that don't say why.
var Ignore = &analysis.Analyzer{
	Name: "ignore",
	Doc: `report //hazptrvet:ignore without a reason

A comment "//hazptrvet:ignore reason" takes the reports of hazptrvet back for
its line or, where it stands alone, for the next one. It must give a reason.`,
	Run: func(pass *analysis.Pass) (any, error) {
		for _, f := range pass.Files {
			for c, reason := range directives(f) {
				if reason == "" {
					pass.Reportf(c.Pos(), "an ignored report without a reason hides a fault from the reader: write //%s followed by why the report is wrong here", ignoreWord)
				}
			}
		}
		return nil, nil
	},
}

const ignoreWord = "hazptrvet:ignore"

// directives yields the comments of a file that take reports back, and their
// reasons.
func directives(f *ast.File) iter.Seq2[*ast.Comment, string] {
	return func(yield func(*ast.Comment, string) bool) {
		for _, group := range f.Comments {
			for _, c := range group.List {
				rest, ok := strings.CutPrefix(c.Text, "//"+ignoreWord)
				reason := strings.TrimLeft(rest, " \t")
				if ok && (rest == "" || reason != rest) && !yield(c, strings.TrimSpace(reason)) {
					return
				}
			}
		}
	}
}

// ignored has the lines whose reports are taken back.
type ignored map[line]bool

type line struct {
	file   string
	number int
}

func (i ignored) at(p token.Position) bool { return i[line{p.Filename, p.Line}] }

func ignores(pass *analysis.Pass) ignored {
	lines := ignored{}
	for _, f := range pass.Files {
		// Lines on which something begins or ends that is not a comment.
		var code map[int]bool
		for c, reason := range directives(f) {
			if reason == "" {
				continue
			}
			if code == nil {
				code = codeLines(pass.Fset, f)
			}
			p := pass.Fset.Position(c.Pos())
			if !code[p.Line] {
				p.Line++
			}
			lines[line{p.Filename, p.Line}] = true
		}
	}
	return lines
}

func codeLines(files *token.FileSet, f *ast.File) map[int]bool {
	lines := map[int]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		lines[files.Position(n.Pos()).Line] = true
		lines[files.Position(n.End()).Line] = true
		return true
	})
	return lines
}
