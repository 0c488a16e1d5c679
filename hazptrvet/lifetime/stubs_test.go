package lifetime

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// The packages in testdata that stand for the real ones must have their
// signatures.
func TestStubsAreAsTheRealPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	names := []string{"hazptr", "hazptr/live", "hazptr/mapped", "hazptr/percpuref", "hazptr/rcu", "hazptr/srcu"}
	real, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps}, names...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(real) > 0 {
		t.FailNow()
	}
	scopes := map[string]*types.Scope{}
	for _, p := range real {
		scopes[p.PkgPath] = p.Types.Scope()
	}
	for _, stub := range load(t, names...) {
		is := scopes[stub.PkgPath]
		if is == nil {
			t.Fatalf("no package %s", stub.PkgPath)
		}
		compared := 0
		for _, name := range stub.Types.Scope().Names() {
			if object := stub.Types.Scope().Lookup(name); object.Exported() {
				compared += compare(t, object, is.Lookup(name))
			}
		}
		if compared < 5 {
			t.Errorf("%s: %d signatures", stub.PkgPath, compared)
		}
	}
}

// compare compares functions, and the methods and fields of types. It returns
// how many.
func compare(t *testing.T, stub, real types.Object) int {
	t.Helper()
	if real == nil {
		t.Errorf("%s: the real package has no such thing", stub)
		return 0
	}
	if _, ok := stub.(*types.Func); ok {
		if stub.String() != real.String() {
			t.Errorf("%s, but really %s", stub, real)
		}
		return 1
	}
	compared := 0
	if fields, ok := stub.Type().Underlying().(*types.Struct); ok {
		for i := range fields.NumFields() {
			if f := fields.Field(i); f.Exported() {
				compared += compareField(t, f, real)
			}
		}
	}
	methods := types.NewMethodSet(types.NewPointer(stub.Type()))
	all := types.NewMethodSet(types.NewPointer(real.Type()))
	for i := range methods.Len() {
		m := methods.At(i).Obj()
		other := all.Lookup(real.Pkg(), m.Name())
		if other == nil {
			t.Errorf("%s: the real type has no such method", m)
			continue
		}
		compared += compare(t, m, other.Obj())
	}
	return compared
}

// compareField compares a field of a struct with that of the real type.
func compareField(t *testing.T, stub *types.Var, real types.Object) int {
	t.Helper()
	other, _, _ := types.LookupFieldOrMethod(real.Type(), false, real.Pkg(), stub.Name())
	if other == nil || other.String() != stub.String() {
		t.Errorf("%s, but really %v", stub, other)
	}
	return 1
}
