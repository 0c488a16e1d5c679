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

func TestSelect(t *testing.T) {
	for _, c := range []struct{ names, want []string }{
		{[]string{"hazptr", "load"}, []string{"load", "hazptr"}},
		{[]string{"lock", "lock"}, []string{"lock"}},
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
	_, err := Select([]string{"load", "lokc"})
	if err == nil {
		t.Fatal("an unknown name is accepted")
	}
	for _, name := range append(Names(), `"lokc"`) {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}
