package mapped

import "fmt"

// An explained fault tells what the fault was. The text of the runtime's error
// tells of a nil pointer, which it was not.
type explained struct {
	text string
	fault
}

func (e *explained) Error() string { return e.text }

// Unwrap returns the runtime's error.
func (e *explained) Unwrap() error { return e.fault }

func explain(f fault, format string, args ...any) error {
	return &explained{fmt.Sprintf(format, args...), f}
}

// firstPage is where a nil pointer points to. An address on it also stands for
// one that the processor does not tell.
const firstPage = 4096

// elsewhere returns what a use of r panics with after a fault outside of r. It
// may be in what was kept beyond an earlier Do, or in what is not of this
// package: which of them is not known where Explain does not know the address.
func (r *region) elsewhere(f fault) any {
	if e, ok := Explain(f.Addr()); ok {
		return e
	}
	if f.Addr() < firstPage {
		return f
	}
	return explain(f, "mapped: address %#x cannot be used, and is not in %s: it is of bytes that were kept beyond an earlier Do, for which see Options.PrivateViews, or of memory that has nothing to do with package mapped", f.Addr(), r.path)
}
