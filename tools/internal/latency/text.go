package latency

import (
	"strconv"
	"time"
)

// Text writes d with three digits and the unit that suits it: 412 ns, 3.41 µs,
// 12.3 ms, 1.50 s.
func Text(d time.Duration) string {
	value, unit := float64(d), "ns"
	for _, larger := range []string{"µs", "ms", "s"} {
		// 999.5 and more would be written with four digits.
		if value < 999.5 {
			break
		}
		value, unit = value/1000, larger
	}
	digits := 0
	switch {
	case unit == "ns":
	case value < 9.995:
		digits = 2
	case value < 99.95:
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + unit
}
