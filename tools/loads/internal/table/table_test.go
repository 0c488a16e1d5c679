package table

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := New("before", "after")
	table.Row("reads per second", "1,000", "2,000")
	table.Line()
	table.Row("worst", "7 ns", "6 ns")

	var out strings.Builder
	if err := table.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := `
┌──────────────────┬────────┬───────┐
│                  │ before │ after │
├──────────────────┼────────┼───────┤
│ reads per second │  1,000 │ 2,000 │
├──────────────────┼────────┼───────┤
│ worst            │   7 ns │  6 ns │
└──────────────────┴────────┴───────┘
`
	if out.String() != want[1:] {
		t.Errorf("got\n%swant%s", out.String(), want)
	}
}
