package bench

import "testing"

func TestPin(t *testing.T) {
	for _, c := range []struct {
		name              string
		own, few, crowded bool
	}{{"own", true, true, false}, {"always", true, true, true}, {"never", false, false, false}} {
		p, err := ParsePin(c.name)
		if err != nil || p.String() != c.name {
			t.Fatalf("ParsePin(%q) = %v, %v", c.name, p, err)
		}
		if p.pins(1, 4) != c.own || p.pins(4, 4) != c.few || p.pins(5, 4) != c.crowded {
			t.Errorf("%s: 1, 4 and 5 readers on 4 cores: %v, %v, %v", p, p.pins(1, 4), p.pins(4, 4), p.pins(5, 4))
		}
	}
	if _, err := ParsePin("sometimes"); err == nil {
		t.Error("sometimes is accepted")
	}
}
