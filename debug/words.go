package debug

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// plural is for sentences: "1 object waits", "2 objects wait".
func plural(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + more
}

// number writes thousands apart.
func number(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// size writes bytes in a unit that suits them.
func size(bytes int64) string {
	const units = "KMGTPE"
	if bytes < 1024 {
		return plural(bytes, "byte", "bytes")
	}
	x, unit := float64(bytes)/1024, 0
	for x >= 1024 && unit < len(units)-1 {
		x, unit = x/1024, unit+1
	}
	return fmt.Sprintf("%.3g %ciB", x, units[unit])
}

// span writes a duration with three digits or so.
func span(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d >= time.Microsecond:
		return d.Round(10 * time.Nanosecond).String()
	}
	return d.String()
}

// since is the span from then to now. Then may be a little later than now,
// which was taken first.
func since(now, then time.Time) string { return span(max(0, now.Sub(then))) }

// printable leaves out of a program's text what a terminal takes for a command,
// and what turns the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
