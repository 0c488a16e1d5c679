//go:build !hazptr_debug

package srcu

// checking reports whether the build tag hazptr_debug is set, with which each
// Token allocates; see docs/debugging.md.
const checking = false

type tokenCheck struct{}

func newTokenCheck() tokenCheck { return tokenCheck{} }
func (tokenCheck) unlock()      {}
