package program

import (
	"io"
	"strings"
	"testing"
)

func TestBytes(t *testing.T) {
	for text, want := range map[string]string{"64MB": "64 MB", "1.5GB": "1.5 GB", "2000000": "2 MB", "2kB": "2 kB", "999": "999"} {
		o, err := tried.Parse([]string{"-size", text}, io.Discard)
		if err != nil || o.Size.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, o, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "is not a number of bytes", "lots": "such as 64MB: want 100 to 2GB", "1GiB": "is not", "NaN": "is not", "1e300GB": "is not",
		"10": "10 is not between 100 and 2 GB", "3GB": "3 GB is not between", "-1MB": "-1000000 is not between",
	} {
		if _, err := tried.Parse([]string{"-size=" + text}, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
