package ending

// A Config is what an Ending is made of.
type Config struct {
	Objects []*Object // the first object of each source

	// Ended is called once with the number of each object that ends, by the
	// goroutine that ends it, after it has ended. Where it is nil, nothing is
	// called.
	Ended func(number int)

	Bytes   int64 // that each object stands for; hazptr is told
	Workers int   // hazptr's Config.Workers
}
