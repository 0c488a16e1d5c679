package srcu

// A Token stands for one read section of a [Domain]. It may be copied and sent
// on; exactly one ReadUnlock must get it.
type Token struct {
	check tokenCheck

	domain *Domain
	index  uintptr // of the counts that the section began on
}
