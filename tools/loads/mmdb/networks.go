package main

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"math/rand/v2"
	"net/netip"
)

// networks yields n networks that don't overlap, always the same for the same
// n: three quarters of them share out the IPv4 space unevenly, as real ones do,
// the others are IPv6. Up to five million are laid out without running over the
// end.
func networks(n int) iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		random := rand.New(rand.NewPCG(4, 6))
		const end = uint64(224) << 24 // multicast begins here
		next := uint64(1) << 24
		n4 := n - n/4
		for i := range n4 {
			// About the size that would fit them all, half or twice that; what
			// the start's alignment takes away, later ones get.
			size := bits.Len64((end-next)/uint64(n4-i)) - 1 + random.IntN(3) - 1
			size = max(0, min(size, bits.TrailingZeros64(next)))
			if !yield(netip.PrefixFrom(addr4(uint32(next)), 32-size)) {
				return
			}
			next += 1 << size
		}
		for i := range n / 4 {
			if !yield(netip.PrefixFrom(addr6(0x2400_0000_0000_0000+uint64(i)<<32, 0), 32+random.IntN(17))) {
				return
			}
		}
	}
}

func addr4(value uint32) netip.Addr {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], value)
	return netip.AddrFrom4(a)
}

func addr6(high, low uint64) netip.Addr {
	var a [16]byte
	binary.BigEndian.PutUint64(a[:8], high)
	binary.BigEndian.PutUint64(a[8:], low)
	return netip.AddrFrom16(a)
}

// addressIn returns an address of the network, drawn by random.
func addressIn(network netip.Prefix, random *rand.Rand) netip.Addr {
	if network.Addr().Is4() {
		a := network.Addr().As4()
		host := uint64(1)<<(32-network.Bits()) - 1
		return addr4(binary.BigEndian.Uint32(a[:]) | uint32(random.Uint64()&host))
	}
	a := network.Addr().As16()
	high, low := binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])
	// A shift by 64 or more gives 0, and 0-1 all ones.
	hostHigh := uint64(1)<<max(64-network.Bits(), 0) - 1
	hostLow := uint64(1)<<min(128-network.Bits(), 64) - 1
	return addr6(high|random.Uint64()&hostHigh, low|random.Uint64()&hostLow)
}
