package value

import (
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	for _, size := range []int{checked, 13, 1000} {
		v := make([]byte, size)
		Fill(v, 7)
		if err := Verify(v, 7, size); err != nil || Number(v) != 7 {
			t.Errorf("%d bytes: %v, number %d", size, err, Number(v))
		}
		for want, err := range map[string]error{
			"value 7 is missing":         Verify(nil, 7, size),
			"bytes, want ":               Verify(v[1:], 7, size),
			"value 8 says that it is 7":  Verify(v, 8, size),
			"value 7: wrong checksum":    Verify(append(v[:size-1:size-1], v[size-1]^1), 7, size),
			"value 7 has 3 bytes, want ": Verify([]byte("abc"), 7, size),
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d bytes: %v, want %q", size, err, want)
			}
		}
	}
	if n := Number([]byte("short")); n != 0 {
		t.Errorf("number %d", n)
	}
}
