package report

import "testing"

func TestDigits(t *testing.T) {
	for want, value := range map[string]float64{"0": 0, "0.0123": 0.012345, "0.1": 0.1, "12.3": 12.345, "-5.55": -5.551, "1000": 999.6, "12300": 12345} {
		if got := Digits(value, 3); got != want {
			t.Errorf("Digits(%v, 3) = %s, want %s", value, got, want)
		}
	}
}
