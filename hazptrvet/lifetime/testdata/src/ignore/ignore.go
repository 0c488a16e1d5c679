package ignore

func reasons() {
	_ = 1 /* want `an ignored report without a reason` */ //hazptrvet:ignore
	_ = 2 //hazptrvet:ignore it is only a test
	//hazptrvet:ignored is another word
	_ = 3
}
