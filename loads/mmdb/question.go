package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// A question is an address to look up and the answer that every edition gives, but for its number.
type question struct {
	addr netip.Addr
	want answer
}

// questionCount questions are asked over and over: enough to reach all parts of a database, few enough to stay in a cache.
const questionCount = 1 << 15

const needed = "a country or city database is needed"

// questionsFor draws networks of the edition, an address of each, and looks up the answers while nobody replaces anything.
func questionsFor(ctx context.Context, e edition) ([]question, error) {
	reader, err := maxminddb.Open(e.path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	defer reader.Close()

	random := rand.New(rand.NewPCG(6, 4))
	var drawn []netip.Prefix
	seen := 0
	for result := range reader.Networks() {
		if err := result.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", e.path, err)
		}
		seen++
		if len(drawn) < questionCount {
			drawn = append(drawn, result.Prefix())
		} else if i := random.IntN(seen); i < questionCount {
			drawn[i] = result.Prefix()
		}
		if seen%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	random.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })

	questions := make([]question, len(drawn))
	told := false
	for i, network := range drawn {
		q := &questions[i]
		q.addr = addressIn(network, random)
		if err := reader.Lookup(q.addr).Decode(&q.want); err != nil {
			if errors.As(err, new(maxminddb.UnmarshalTypeError)) {
				err = fmt.Errorf("%w; %s", err, needed)
			}
			return nil, fmt.Errorf("%s: looking up %v: %w", e.path, q.addr, err)
		}
		if q.want.Edition != e.number {
			return nil, fmt.Errorf("%s: the answer for %v is of edition %#x, not %#x", e.path, q.addr, q.want.Edition, e.number)
		}
		q.want.Edition = 0
		told = told || q.want != answer{}
	}
	if !told {
		return nil, fmt.Errorf("%s: no country, city or location for any address; %s", e.path, needed)
	}
	return questions, nil
}
