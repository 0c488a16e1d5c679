package main

// An edition is a file that the updater maps. The generated ones differ in
// their number, which every one of their answers carries; a database of the
// user's is one edition with number 0, which it does not carry.
type edition struct {
	path   string
	number uint64
}
