package patch

import (
	"fmt"
	"go/ast"
	"slices"
)

// A Structure is a place for edits: a struct type that a file declares.
type Structure struct{ file, name string }

// Struct returns the struct type.
func Struct(file, name string) Structure { return Structure{file, name} }

// Replace is the edit that puts other fields into the place of one, or none. An embedded field has the name of its type.
func (s Structure) Replace(field, new string) Edit {
	return Edit{file: s.file, make: func(text string) (string, error) {
		f, err := parse(text)
		if err != nil {
			return "", err
		}
		fields := f.structure(s.name)
		if fields == nil {
			return "", fmt.Errorf("no struct type %s", s.name)
		}
		i := slices.IndexFunc(fields.List, func(l *ast.Field) bool { return fieldName(l) == field })
		if i < 0 {
			return "", fmt.Errorf("struct %s: no field %s that has a line of its own", s.name, field)
		}
		from, to := fields.List[i].Pos(), fields.List[i].End()
		if doc := fields.List[i].Doc; doc != nil {
			from = doc.Pos()
		}
		if comment := fields.List[i].Comment; comment != nil {
			to = comment.End()
		}
		return f.splice(from, to, new), nil
	}}
}

// fieldName returns the name of a field that is declared alone, or "".
func fieldName(f *ast.Field) string {
	switch len(f.Names) {
	case 0:
		return source(f.Type)
	case 1:
		return f.Names[0].Name
	}
	return ""
}
