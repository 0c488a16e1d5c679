package path

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// Each function calls begin, and on some of the paths that are possible it
// calls end before it returns. What comes to its return without is what the
// name says.
const source = `package p

func begin() *int
func end()
func ask() bool

func all_0(c bool) { begin(); end() }

func same_0(c bool) {
	p := begin()
	if c {
		end()
	}
	_ = p
	if !c {
		end()
	}
}

func before_0(c bool) {
	if c {
		begin()
	}
	if c {
		end()
	}
}

func flag_0(c bool) {
	done := false
	begin()
	if c {
		end()
		done = true
	}
	if !done {
		end()
	}
}

func copied_0(err, other error) {
	begin()
	first := err
	if first == nil {
		first = other
	}
	if first != nil {
		end()
	}
	if first == nil {
		end()
	}
}

func other_1(c, d bool) {
	begin()
	if c {
		end()
	} else if d {
		end()
	}
}

func changed_1(c *bool) {
	begin()
	if *c {
		end()
	}
	*c = ask()
	if !*c {
		end()
	}
}

func loop_1(n int) {
	begin()
	for i := 0; i < n; i++ {
		end()
	}
}
`

func TestWalkTakesThePathsThatCanBe(t *testing.T) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := ssautil.BuildPackage(&types.Config{}, files, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	functions := 0
	for name, member := range p.Members {
		f, ok := member.(*ssa.Function)
		if !ok || len(name) < 2 || name[len(name)-2] != '_' {
			continue
		}
		functions++
		returns := map[ssa.Instruction]bool{}
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if !calls(in, "begin") {
					continue
				}
				w := &Walk{Stable: func(ssa.Value) bool { return false }, Step: func(_ *State, in ssa.Instruction) bool {
					if _, ok := in.(*ssa.Return); ok {
						returns[in] = true
					}
					return !calls(in, "end")
				}}
				if !w.After(in, State{}) {
					t.Errorf("%s is not understood", name)
				}
			}
		}
		if want := int(name[len(name)-1] - '0'); len(returns) != want {
			t.Errorf("%s: %d returns are reached", name, len(returns))
		}
	}
	if functions != 8 {
		t.Errorf("%d functions", functions)
	}
}

func calls(in ssa.Instruction, name string) bool {
	c, ok := in.(*ssa.Call)
	return ok && c.Call.StaticCallee() != nil && c.Call.StaticCallee().Name() == name
}
