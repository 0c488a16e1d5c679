package report

import "strconv"

// Digits writes a value with so many digits that count, and without an
// exponent: 0.0123, 12.3, 12300.
func Digits(value float64, digits int) string {
	// What was formatted can be parsed.
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', digits, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
