//go:build !hazptr_debug

package hazptr

import "unsafe"

// checking reports whether the build tag hazptr_debug is set. What stands under it is not there without the tag, and costs nothing; see docs/debugging.md.
const checking = false

// traceEvery is of how many Guards one is traced, with Config.Trace.
const traceEvery = 16

type guardCheck struct{}

func newGuardCheck(unsafe.Pointer, unsafe.Pointer) guardCheck { return guardCheck{} }
func (guardCheck) use()                                       {}
func (guardCheck) release()                                   {}

type holderCheck struct{}

func newHolderCheck(*holderSlot) holderCheck               { return holderCheck{} }
func (holderCheck) protect(unsafe.Pointer, unsafe.Pointer) {}
func (holderCheck) close(*holderSlot)                      {}
func (holderCheck) refuse()                                {}
func holderLeaked(*holderSlot)                             {}
func swappedOut(unsafe.Pointer, unsafe.Pointer)            {}
func checkRetire(unsafe.Pointer, unsafe.Pointer, uintptr)  {}
func checkReclaim(unsafe.Pointer, unsafe.Pointer)          {}
func checkSynchronized(unsafe.Pointer, uintptr)            {}
