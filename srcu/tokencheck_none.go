//go:build !hazptr_debug

package srcu

// checking reports whether the build tag hazptr_debug is set. What stands under
// it is not there without the tag, and costs nothing; see docs/debugging.md.
const checking = false

type tokenCheck struct{}

func newTokenCheck() tokenCheck { return tokenCheck{} }
func (tokenCheck) unlock()      {}
