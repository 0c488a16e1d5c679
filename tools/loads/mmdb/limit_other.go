//go:build !linux

package main

import "math"

// mappingLimit is how many mappings of the database may be alive before a
// reload is refused.
const mappingLimit = math.MaxInt
