package report

import "testing"

func TestBytes(t *testing.T) {
	for bytes, want := range map[float64]string{0: "0 B", 999: "999 B", 4096: "4.0 KiB", 1e5: "97.7 KiB", 4.2e6: "4.0 MiB", 4e9: "3.7 GiB", 1e15: "909 TiB"} {
		if got := Bytes(bytes); got != want {
			t.Errorf("Bytes(%v) = %s, want %s", bytes, got, want)
		}
	}
}
