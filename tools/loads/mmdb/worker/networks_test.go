package main

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

func TestNetworks(t *testing.T) {
	for _, n := range []int{1, 3, 4, 100, 20_000, 1_000_000} {
		if testing.Short() && n > 20_000 {
			continue
		}
		all := slices.Collect(networks(n))
		if len(all) != n {
			t.Errorf("%d networks instead of %d", len(all), n)
		}
		random := rand.New(rand.NewPCG(1, 1))
		var last netip.Addr // of the network before
		for i, network := range all {
			if network != network.Masked() {
				t.Fatalf("%d: network %d, %v, has bits beyond its mask", n, i, network)
			}
			if last.IsValid() && last.Compare(network.Addr()) >= 0 {
				t.Fatalf("%d: network %d, %v, begins before %v", n, i, network, last)
			}
			if a := addressIn(network, random); !network.Contains(a) {
				t.Fatalf("%v is not in %v", a, network)
			}
			last = lastOf(network)
		}
		if n > 4 && !slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Addr().Is6() }) {
			t.Errorf("%d: no IPv6", n)
		}
	}
}

func lastOf(network netip.Prefix) netip.Addr {
	b := network.Addr().AsSlice()
	for bit := network.Bits(); bit < 8*len(b); bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func TestAddressInReachesAllBits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, network := range []string{"0.0.0.0/0", "10.0.0.0/31", "::/0", "2400::/32", "2400::/64", "2400::/100", "2400::1/128"} {
		p := netip.MustParsePrefix(network)
		var set, clear [16]byte
		for range 1000 {
			for i, b := range addressIn(p, random).AsSlice() {
				set[i] |= b
				clear[i] |= ^b
			}
		}
		for bit := p.Bits(); bit < p.Addr().BitLen(); bit++ {
			if mask := byte(0x80) >> (bit % 8); set[bit/8]&mask == 0 || clear[bit/8]&mask == 0 {
				t.Errorf("%v: bit %d never changes", p, bit)
			}
		}
	}
}
