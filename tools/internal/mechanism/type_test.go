package mechanism

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	seen := make(map[string]bool)
	for _, typ := range Table() {
		if seen[typ.Name] || typ.Name == "" || typ.Text == "" || typ.New == nil {
			t.Errorf("entry %+v", typ)
		}
		seen[typ.Name] = true
	}
}

// Names select types in the table's order.
func TestTypes(t *testing.T) {
	all := Table().Names()
	var some Types
	if err := some.UnmarshalText([]byte(all[3] + ", " + all[0] + "," + all[0])); err != nil || !slices.Equal(some.Names(), []string{all[0], all[3]}) {
		t.Errorf("%q, %v", some.Names(), err)
	}
	if err := some.UnmarshalText([]byte("all")); err != nil || !slices.Equal(some.Names(), all) {
		t.Errorf("%q, %v", some.Names(), err)
	}
	if err := some.UnmarshalText([]byte("load,lokc")); err == nil || !strings.Contains(err.Error(), strings.Join(all, ", ")) {
		t.Errorf("an unknown type: %v", err)
	}
}
