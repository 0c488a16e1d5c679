package live

// What a panic of a method says of the zero Value, Plain or Pool.
const (
	unmadeValue = " of a Value that was not made by Open or New"
	unmadePlain = " of a Plain that was not made by OpenPlain or NewPlain"
	unmadePool  = " of a Pool that was not made by NewPool"
)

// mustBeMade panics if name is empty: what was made has one.
func mustBeMade(name, method, unmade string) {
	if name == "" {
		panic("live: " + method + unmade)
	}
}
