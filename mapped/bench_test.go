package mapped_test

import (
	"testing"

	"hazptr"
	"hazptr/mapped"
)

// BenchmarkDo compares a read of mapped bytes with one of a hazptr.Pointer, in
// this order; compare minima of several runs.
func BenchmarkDo(b *testing.B) {
	f := newFile(b, 1, 16)
	bytes := f.open(mapped.Options{})
	parsed := parse(f, parseHeader, mapped.Options{})
	private := f.open(mapped.Options{PrivateViews: true})
	pointer := hazptr.NewPointer(hazptr.PointerConfig[header]{Reclaim: func(*header) {}}, &header{[]byte{1}})
	n := 0
	for _, c := range []struct {
		name string
		use  func()
	}{
		{"Pointer", func() { pointer.Do(func(h *header) { n += int(h.first[0]) }) }},
		{"File", func() { _ = bytes.Do(func(b []byte) error { n += int(b[0]); return nil }) }},
		{"Parsed", func() { _ = parsed.Do(func(h *header) error { n += int(h.first[0]); return nil }) }},
		{"View", func() {
			v, err := bytes.Acquire()
			if err == nil {
				n += int(v.Value()[0])
			}
			v.Release()
		}},
		{"PrivateViews", func() { _ = private.Do(func(b []byte) error { n += int(b[0]); return nil }) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.use()
			}
		})
	}
	keptSum = n
}

var keptSum int
