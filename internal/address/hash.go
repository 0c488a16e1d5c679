// Package address has sets and maps of addresses, for looks at thousands of
// hazard pointers.
package address

// Hash spreads an address over 64 bits. It is Fibonacci hashing: the upper bits
// depend on all bits of the address.
func Hash(address uintptr) uint64 { return uint64(address) * 0x9E3779B97F4A7C15 }
