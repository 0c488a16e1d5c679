package summary

import "testing"

func TestTable(t *testing.T) {
	table := NewTable("before", "after")
	table.Row("reads per second", "1,000", "2,000")
	table.Line()
	table.Row("worst", "7 ns", "6 ns")

	want := `
┌──────────────────┬────────┬───────┐
│                  │ before │ after │
├──────────────────┼────────┼───────┤
│ reads per second │  1,000 │ 2,000 │
├──────────────────┼────────┼───────┤
│ worst            │   7 ns │  6 ns │
└──────────────────┴────────┴───────┘`
	if out := table.String(); out != want[1:] {
		t.Errorf("got\n%s\nwant%s", out, want)
	}
}
