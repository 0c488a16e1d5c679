package way

import (
	"slices"
	"strings"
	"testing"
)

func TestTables(t *testing.T) {
	seen := make(map[string]bool)
	for _, typ := range Reads() {
		if seen[typ.Name] || typ.Name == "" || typ.Text == "" || typ.New == nil {
			t.Errorf("entry %+v", typ)
		}
		seen[typ.Name] = true
	}
	clear(seen)
	for _, typ := range Updates() {
		if seen[typ.Name] || typ.Name == "" || typ.Text == "" || typ.New == nil {
			t.Errorf("entry %+v", typ)
		}
		seen[typ.Name] = true
	}
}

// Names select types in the table's order.
func TestTypes(t *testing.T) {
	t.Run("reads", selects(Reads(), "load,lokc"))
	t.Run("updates", selects(Updates(), "swap,hazptr"))
}

func selects[T entry[T]](table Types[T], unknown string) func(t *testing.T) {
	return func(t *testing.T) {
		all := table.Names()
		var some Types[T]
		if err := some.UnmarshalText([]byte(all[3] + ", " + all[0] + "," + all[0])); err != nil || !slices.Equal(some.Names(), []string{all[0], all[3]}) {
			t.Errorf("%q, %v", some.Names(), err)
		}
		if err := some.UnmarshalText([]byte("all")); err != nil || !slices.Equal(some.Names(), all) {
			t.Errorf("%q, %v", some.Names(), err)
		}
		if err := some.UnmarshalText([]byte(unknown)); err == nil || !strings.Contains(err.Error(), strings.Join(all, ", ")) {
			t.Errorf("an unknown type: %v", err)
		}
	}
}
