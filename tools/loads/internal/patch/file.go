package patch

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"strings"
)

// A file is a parsed Go file.
type file struct {
	text   string
	set    *token.FileSet
	syntax *ast.File
}

func parse(text string) (*file, error) {
	f := &file{text: text, set: token.NewFileSet()}
	var err error
	f.syntax, err = parser.ParseFile(f.set, "", text, parser.ParseComments)
	return f, err
}

func (f *file) offset(p token.Pos) int { return f.set.Position(p).Offset }

// splice returns the file's text with what is between two positions replaced.
func (f *file) splice(from, to token.Pos, replacement string) string {
	if replacement == "" {
		return f.cut(from, to)
	}
	return f.text[:f.offset(from)] + replacement + f.text[f.offset(to):]
}

// cut returns the file's text without what is between two positions, nor the line if nothing else stands there.
func (f *file) cut(from, to token.Pos) string {
	before, after := f.text[:f.offset(from)], f.text[f.offset(to):]
	line := strings.TrimRight(before, " \t")
	rest, isLast := strings.CutPrefix(strings.TrimLeft(after, " \t"), "\n")
	if isLast && strings.HasSuffix(line, "\n") {
		return line + rest
	}
	return before + after
}

// commentAbove returns where the comment begins that ends on the line above p, or p if there is none.
func (f *file) commentAbove(p token.Pos) token.Pos {
	line := f.set.Position(p).Line
	for _, c := range f.syntax.Comments {
		if f.set.Position(c.End()).Line == line-1 && f.alone(c.Pos()) {
			return c.Pos()
		}
	}
	return p
}

// alone reports whether nothing stands before p on its line.
func (f *file) alone(p token.Pos) bool {
	before := f.text[:f.offset(p)]
	return strings.TrimSpace(before[strings.LastIndex(before, "\n")+1:]) == ""
}

// function returns the declaration of a function, or of a method, whose name is as in "(*DB).Close", or nil.
func (f *file) function(name string) *ast.FuncDecl {
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && functionName(fn) == name {
			return fn
		}
	}
	return nil
}

func functionName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	receiver := source(fn.Recv.List[0].Type)
	if strings.HasPrefix(receiver, "*") {
		receiver = "(" + receiver + ")"
	}
	return receiver + "." + fn.Name.Name
}

// structure returns the fields of a struct type that is declared in the file, or nil.
func (f *file) structure(name string) *ast.FieldList {
	if spec := f.typeSpec(name); spec != nil {
		if s, ok := spec.Type.(*ast.StructType); ok {
			return s.Fields
		}
	}
	return nil
}

// source returns a node in the one form in which equal nodes are equal: without positions or comments.
func source(node any) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), node); err != nil {
		panic(err) // the node comes from the parser
	}
	return b.String()
}
