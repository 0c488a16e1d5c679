package report

import "fmt"

// Bytes writes bytes with three digits and a unit.
func Bytes(bytes float64) string {
	unit := "B"
	for _, larger := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if bytes < 1000 {
			break
		}
		bytes, unit = bytes/1024, larger
	}
	if unit == "B" || bytes >= 99.95 {
		return fmt.Sprintf("%.0f %s", bytes, unit)
	}
	return fmt.Sprintf("%.1f %s", bytes, unit)
}
