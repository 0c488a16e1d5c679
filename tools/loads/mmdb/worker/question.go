package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"

	"github.com/oschwald/maxminddb-golang/v2"
)

// A question is an address to look up and the answer that every edition gives,
// but for its number.
type question struct {
	addr netip.Addr
	want answer
}

// questionCount questions are asked over and over: enough to reach all parts of
// a database, few enough to stay in a cache.
const questionCount = 1 << 15

// questionsFor draws networks of the edition, an address of each, and looks the
// answers up in a copy of the file that is read into memory.
func questionsFor(ctx context.Context, e edition) ([]question, error) {
	content, err := os.ReadFile(e.path)
	if err != nil {
		return nil, err
	}
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	random := rand.New(rand.NewPCG(6, 4))
	drawn, err := draw(ctx, reader, random)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	db := &database{reader: reader, edition: e.number}
	questions := make([]question, len(drawn))
	for i, network := range drawn {
		q := &questions[i]
		q.addr = addressIn(network, random)
		if err := db.lookup(q.addr, &q.want); err != nil {
			return nil, fmt.Errorf("%s: looking up %v: %w", e.path, q.addr, err)
		}
		if q.want.Edition != e.number {
			return nil, fmt.Errorf("%s: the answer for %v is of edition %#x, not %#x", e.path, q.addr, q.want.Edition, e.number)
		}
		q.want.Edition = 0
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return questions, nil
}

// draw draws networks of which the database says something.
func draw(ctx context.Context, reader *maxminddb.Reader, random *rand.Rand) ([]netip.Prefix, error) {
	var drawn []netip.Prefix
	seen, leaves := 0, uint(0)
	for result := range reader.Networks(maxminddb.IncludeNetworksWithoutData()) {
		if err := result.Err(); err != nil {
			return nil, err
		}
		if leaves++; leaves > reader.Metadata.NodeCount+1 {
			return nil, errors.New("its search tree is not a tree: nodes have several parents")
		}
		if leaves%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !result.Found() {
			continue
		}
		seen++
		if len(drawn) < questionCount {
			drawn = append(drawn, result.Prefix())
		} else if i := random.IntN(seen); i < questionCount {
			drawn[i] = result.Prefix()
		}
	}
	if len(drawn) == 0 {
		return nil, errors.New("it has no network, so there is nothing to look up: give another database")
	}
	random.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn, nil
}

// An answer is what a lookup finds. It is comparable, and decoding one copies
// everything out of the mapping. Of the generated database it has the fields
// that most programs want of a city database, and two of its own; of a user's
// database, whose shape is not known, it has the Record.
type answer struct {
	Country struct {
		ISOCode   string `maxminddb:"iso_code"`
		GeonameID uint32 `maxminddb:"geoname_id"`
	} `maxminddb:"country"`
	City struct {
		GeonameID uint32 `maxminddb:"geoname_id"`
	} `maxminddb:"city"`
	Location struct {
		Latitude  float64 `maxminddb:"latitude"`
		Longitude float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`

	// Network is the number of the network that the address is in, so no two
	// networks have the same answer.
	Network uint32 `maxminddb:"hazptr_network"`

	// Edition tells from which of the generated files the answer comes. When a
	// mapping ends, the next one often takes its address: a reader that is too
	// late then finds another file's bytes there, all in good order but for
	// this number.
	Edition uint64 `maxminddb:"hazptr_edition"`

	Record record `maxminddb:"-" json:",omitzero"`
}
