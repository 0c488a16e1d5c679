package debug

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for _, c := range [][2]string{
		{number(0), "0"}, {number(999), "999"}, {number(1000), "1,000"}, {number(-1234567), "-1,234,567"},
		{plural(1, "slot", "slots"), "1 slot"}, {plural(0, "slot", "slots"), "0 slots"}, {plural(4096, "slot", "slots"), "4,096 slots"},
		{size(1), "1 byte"}, {size(1023), "1,023 bytes"}, {size(1536), "1.5 KiB"}, {size(1 << 30), "1 GiB"},
		{span(90500 * time.Millisecond), "1m31s"}, {span(1234567 * time.Microsecond), "1.23s"}, {span(1234567), "1.23ms"}, {span(1234), "1.23µs"}, {span(999), "999ns"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}
