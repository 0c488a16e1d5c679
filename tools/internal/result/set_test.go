package result

import "testing"

func TestRatioToLoad(t *testing.T) {
	load1, load8, other := of(2, 4), of(3), of(10, 5)
	load1.Type, load8.Type, load8.Readers = "load", "load", 8
	s := Set{Results: []Result{*load8, *load1, *other}}
	if ratio, ok := s.RatioToLoad(other); !ok || ratio != 2.5 {
		t.Errorf("ratio is %v, %v, want 2.5: minimum to minimum, of the same number of readers", ratio, ok)
	}
	other.Readers = 32
	if ratio, ok := s.RatioToLoad(other); ok {
		t.Errorf("ratio is %v without a limit of 32 readers", ratio)
	}
}
