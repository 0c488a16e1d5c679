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
			first := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(next))))
			if !yield(netip.PrefixFrom(first, 32-size)) {
				return
			}
			next += 1 << size
		}
		for i := range n / 4 {
			var first [16]byte
			binary.BigEndian.PutUint64(first[:], 0x2400_0000_0000_0000+uint64(i)<<32)
			if !yield(netip.PrefixFrom(netip.AddrFrom16(first), 32+random.IntN(17))) {
				return
			}
		}
	}
}

// addressIn returns an address of the network, drawn by random.
func addressIn(network netip.Prefix, random *rand.Rand) netip.Addr {
	address := network.Addr().AsSlice()
	for i := range address {
		host := byte(0xff) >> min(max(network.Bits()-8*i, 0), 8)
		address[i] |= byte(random.Uint32()) & host
	}
	// The address is of the network's length, which is right.
	drawn, _ := netip.AddrFromSlice(address)
	return drawn
}
