package summary

import (
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// A Table shows what was measured: a column for each thing that is compared, a
// row for each figure.
type Table struct {
	writer table.Writer
}

// NewTable returns a Table that compares the things so named.
func NewTable(things ...string) *Table {
	t := &Table{writer: table.NewWriter()}
	t.writer.SetStyle(table.StyleLight)
	t.Row("", things...)

	var configs []table.ColumnConfig
	for i := range things {
		configs = append(configs, table.ColumnConfig{Number: i + 2, Align: text.AlignRight})
	}
	t.writer.SetColumnConfigs(configs)
	t.Line()
	return t
}

// Row adds a figure that each of the things has.
func (t *Table) Row(figure string, values ...string) {
	row := table.Row{figure}
	for _, value := range values {
		row = append(row, value)
	}
	t.writer.AppendRow(row)
}

// Line draws a line between the rows before it and those after.
func (t *Table) Line() { t.writer.AppendSeparator() }

// String returns the Table without a line feed at its end.
func (t *Table) String() string { return t.writer.Render() }
