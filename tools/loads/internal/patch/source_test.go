package patch

import (
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const before = `// Package p is edited.
package p

// A T has fields.
type T struct {
	mu sync.Mutex // guards n
	// n counts.
	n    int
	a, b int

	inner struct {
		n int
	}
	embedded
}

func (t *T) Do() {
	// A comment.
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		switch t.n {
		case 1:
			t.n++
			call(T{
				n: 1,
			})
			return
		} // all of them
		t.twice()
		t.twice()
		_ = func() { a() }
	}
}

func free() {}
`

// written writes the text to a module's only file.
func written(t *testing.T, text string) *Source {
	t.Helper()
	s := &Source{Module: Module{Path: "example.com/p", Version: "v1.0.0"}, Dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(s.Dir, "p.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestApply(t *testing.T) {
	do := Func("p.go", "(*T).Do")
	for _, c := range []struct {
		name     string
		edit     Edit
		old, new string // what becomes of before
	}{
		{"Import", Import("p.go", "hazptr"), "package p\n", "package p\n\nimport \"hazptr\"\n"},
		{"Append", Append("p.go", "func more() {}"), "func free() {}\n", "func free() {}\n\nfunc more() {}\n"},
		{"Replace", do.Replace("t.mu.Lock()\ndefer t.mu.Unlock()", "g := t.Acquire()"), "\tt.mu.Lock()\n\tdefer t.mu.Unlock()\n", "\tg := t.Acquire()\n"},
		{"Replace in a clause, laid out otherwise", do.Replace("call(T{ n: 1, })", "other()"), "call(T{\n\t\t\t\tn: 1,\n\t\t\t})", "other()"},
		{"Replace of lines with a comment between", do.Replace("} t.twice() t.twice()", "}\nt.n--"), "} // all of them\n\t\tt.twice()\n\t\tt.twice()\n", "}\n\t\tt.n--\n"},
		{"Replace in the file", File("p.go").Replace("func free() {}", "func more() {}"), "func free() {}", "func more() {}"},
		{"ReplaceCommented", do.ReplaceCommented("t.mu.Lock()", "g := t.Acquire()"), "\t// A comment.\n\tt.mu.Lock()\n", "\tg := t.Acquire()\n"},
		{"ReplaceCommented below another line's comment", do.ReplaceCommented("t.twice()\nt.twice()", "t.n--"), "\t\tt.twice()\n\t\tt.twice()\n", "\t\tt.n--\n"},
		{"Replace by nothing", do.Replace("t.n++", ""), "\t\t\tt.n++\n", ""},
		{"Before", do.Before("t.n++", "t.n--"), "t.n++", "t.n--\n\t\t\tt.n++"},
		{"After", do.After("t.n++", "t.n--"), "t.n++", "t.n++\n\t\t\tt.n--"},
		{"ReplaceThrough", do.ReplaceThrough("case 1:\nt.n++", "return\n}", "}"), "\t\tcase 1:\n\t\t\tt.n++\n\t\t\tcall(T{\n\t\t\t\tn: 1,\n\t\t\t})\n\t\t\treturn\n\t\t} // all of them\n", "\t\t}\n"},
		{"Rename", do.Rename("t.twice", "t.thrice"), "t.twice()\n\t\tt.twice()", "t.thrice()\n\t\tt.thrice()"},
		{"a field with a comment behind it", Struct("p.go", "T").Field("mu", "src hazptr.Pointer[T]"), "mu sync.Mutex // guards n", "src hazptr.Pointer[T]"},
		{"a field with a comment above it", Struct("p.go", "T").Field("n", "m    int"), "// n counts.\n\tn    int", "m    int"},
		{"a field less", Struct("p.go", "T").Field("n", ""), "\t// n counts.\n\tn    int\n", ""},
		{"a field of several lines", Struct("p.go", "T").Field("inner", "inner int"), "inner struct {\n\t\tn int\n\t}\n", "inner int\n"},
		{"an embedded field", Struct("p.go", "T").Field("embedded", "other"), "\tembedded\n", "\tother\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := written(t, before)
			if _, err := s.Apply(c.edit); err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(filepath.Join(s.Dir, "p.go"))
			want, err := format.Source([]byte(strings.Replace(before, c.old, c.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestApplyCountsLines(t *testing.T) {
	s := written(t, before)
	change, err := s.Apply(
		Func("p.go", "(*T).Do").Replace("t.mu.Lock()\ndefer t.mu.Unlock()", "g := t.Acquire()"),
		Add("q.go", "package p\n\nvar q int\n"),
		Append("q.go", "var r int"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if change.Added != 1+5 || change.Removed != 2 {
		t.Errorf("%d lines added and %d removed, want 6 and 2:\n%s", change.Added, change.Removed, change.Diff)
	}
}

// However much is changed, what is not counts as neither added nor removed.
func TestApplyCountsManyLines(t *testing.T) {
	const n = 300
	s := written(t, "package p\n"+strings.Repeat("\nvar _ = 1\nvar _ = 2\n", n))
	change, err := s.Apply(File("p.go").Rename("_ = 1", "_ = 3"))
	if err != nil {
		t.Fatal(err)
	}
	if change.Added != n || change.Removed != n {
		t.Errorf("%d lines added and %d removed, want %d of each", change.Added, change.Removed, n)
	}
}

func TestApplyFailsWhereAnEditDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		edit Edit
		want string
	}{
		{Func("p.go", "(*T).Do").Replace("t.nothing()", ""), "p.go: func (*T).Do: found 0 times, want once: t.nothing()"},
		{Func("p.go", "(*T).Do").Replace("t.mu", ""), "p.go: func (*T).Do: found 0 times, want once: t.mu"},
		{Func("p.go", "(*T).Do").Replace("t.twice()", ""), "p.go: func (*T).Do: found 2 times, want once: t.twice()"},
		{Func("p.go", "T.Do").Replace("t.n++", ""), "p.go: no func T.Do"},
		{Func("p.go", "(*T).Do").ReplaceThrough("t.n++", "t.mu.Lock()", ""), "p.go: func (*T).Do: found 0 times, want once: t.n++ ... t.mu.Lock()"},
		{Func("p.go", "(*T).Do").Rename("t.o", "t.n"), "p.go: func (*T).Do: found 0 times, want it somewhere: t.o"},
		{Func("p.go", "T.Do").Rename("t.n", "t.o"), "p.go: no func T.Do"},
		{Func("q.go", "f").Replace("t.n++", ""), "q.go: no such file"},
		{Struct("p.go", "U").Field("n", ""), "p.go: no struct U"},
		{Struct("p.go", "T").Field("a", ""), "p.go: struct T: found 0 times, want once: a"},
		{Add("p.go", ""), "p.go: the module has this file already"},
		{Append("p.go", "func {"), "p.go, after the edits: "},
	} {
		s := written(t, before)
		_, err := s.Apply(c.edit)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "example.com/p@v1.0.0") {
			t.Errorf("got %v, want it to have %q and the module", err, c.want)
		}
		if got, _ := os.ReadFile(filepath.Join(s.Dir, "p.go")); string(got) != before {
			t.Errorf("%s: the file has changed", c.want)
		}
	}
}
