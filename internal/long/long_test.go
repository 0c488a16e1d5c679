package long

import "testing"

func TestOnly(t *testing.T) {
	for _, asked := range []string{"", "1"} {
		t.Setenv(Variable, asked)
		ran := false
		t.Run("asked="+asked, func(t *testing.T) {
			defer func() {
				if t.Skipped() == (asked != "") {
					t.Errorf("skipped: %t", t.Skipped())
				}
			}()
			Only(t, "a test of the test")
			ran = true
		})
		if ran != (asked != "") {
			t.Errorf("%s=%q: ran: %t", Variable, asked, ran)
		}
	}
}
