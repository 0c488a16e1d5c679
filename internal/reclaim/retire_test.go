package reclaim

import "testing"

// A Retire that has found its domain open does not panic when Close comes
// before its end, and its object is reclaimed.
func TestRetireBesideClose(t *testing.T) {
	for _, inline := range []bool{false, true} {
		d := NewDomain(Config{ReclaimInline: inline})
		closeDomain(t, d)
		d.bell.open.Store(true) // so the Retire has found it
		ended := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(ended) })
		d.bell.open.Store(false)
		<-ended
		for range 1000 {
			d := NewDomain(Config{ReclaimInline: inline})
			ended, done := make(chan struct{}), make(chan any)
			go func() {
				defer func() { done <- recover() }()
				RetireIn(d, new(int), 0, func(*int) { close(ended) })
			}()
			<-ended
			closeDomain(t, d)
			if text := <-done; text != nil {
				t.Fatalf("Retire of an object that had ended before Close: %v", text)
			}
		}
	}
}
