package hazptr

import _ "unsafe" // for go:linkname

// onlyCopy makes the linker refuse a program with two copies of this package
// under two paths: it reports two definitions of this symbol, and both paths.
// Each copy would look at its own hazard pointers alone, and reclaim what the
// other one's readers protect.
//
//go:linkname onlyCopy hazptr.is_in_this_program_twice
func onlyCopy() {}
