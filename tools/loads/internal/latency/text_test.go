package latency

import (
	"testing"
	"time"
)

func TestText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                "0 ns",
		412:                              "412 ns",
		999:                              "999 ns",
		1000:                             "1.00 µs",
		9994:                             "9.99 µs",
		9996:                             "10.0 µs",
		99960:                            "100 µs",
		999400:                           "999 µs",
		999600:                           "1.00 ms",
		12340 * time.Microsecond:         "12.3 ms",
		1500 * time.Millisecond:          "1.50 s",
		90 * time.Minute:                 "5400 s",
		150*time.Second + 40*time.Second: "190 s",
	} {
		if got := Text(d); got != want {
			t.Errorf("Text(%d) = %q, want %q", int64(d), got, want)
		}
	}
}
