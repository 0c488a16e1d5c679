package srcu

// A Token stands for one read section. It may be copied and sent on; exactly one ReadUnlock must get it.
type Token struct {
	section uintptr // 1 + the index of the counts
}
