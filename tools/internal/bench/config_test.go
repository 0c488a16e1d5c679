package bench

import "testing"

func TestPin(t *testing.T) {
	for _, c := range []struct {
		pin               Pin
		own, few, crowded bool
	}{{PinOwn, true, true, false}, {PinAlways, true, true, true}, {PinNever, false, false, false}} {
		if p := c.pin; p.pins(1, 4) != c.own || p.pins(4, 4) != c.few || p.pins(5, 4) != c.crowded {
			t.Errorf("%s: 1, 4 and 5 readers on 4 cores: %v, %v, %v", p, p.pins(1, 4), p.pins(4, 4), p.pins(5, 4))
		}
	}
}
