package ending

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

func TestSelect(t *testing.T) {
	for _, c := range []struct{ names, want []string }{
		{[]string{"swap", "hazptr-retire"}, []string{"hazptr-retire", "swap"}},
		{[]string{"gc", "gc"}, []string{"gc"}},
	} {
		types, err := Select(c.names)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, typ := range types {
			got = append(got, typ.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Select(%q) = %q, want %q", c.names, got, c.want)
		}
	}
	_, err := Select([]string{"swap", "hazptr"})
	if err == nil {
		t.Fatal("an unknown name is accepted")
	}
	for _, name := range append(Names(), `"hazptr"`) {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}
