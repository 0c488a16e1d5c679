package main

import (
	"testing"

	"hazptr/tools/loads/internal/contest"
)

// The check must be able to fail: these are the things that a late reader
// meets.
func TestReaderFinds(t *testing.T) {
	editions := testEditions(t)
	questions, err := questionsFor(t.Context(), editions[0])
	if err != nil {
		t.Fatal(err)
	}
	// An edition that has other networks under the same addresses.
	other := questions[0]
	other.want.Network++

	for name, test := range map[string]struct {
		edition   uint64 // that the database believes to be
		questions []question
		spoil     func(*database)
		want      [findingCount]int64
	}{
		"nothing":          {editions[0].number, questions, nil, [findingCount]int64{}},
		"another's bytes":  {editions[1].number, questions, nil, [findingCount]int64{wrongAnswer: 3}},
		"another's answer": {editions[0].number, []question{other}, nil, [findingCount]int64{wrongAnswer: 3}},
		"marked":           {editions[0].number, questions, func(db *database) { db.Ended.Store(true) }, [findingCount]int64{usedAfterUnmap: 3}},
		"closed":           {editions[0].number, questions, (*database).close, [findingCount]int64{usedAfterUnmap: 3, failedLookup: 3}},
	} {
		db, err := openDatabase(edition{editions[0].path, test.edition}, contest.NewCensus("mappings"))
		if err != nil {
			t.Fatal(err)
		}
		if test.spoil != nil {
			test.spoil(db)
		}
		firsts := 0
		found := &findings{first: func(f finding, detail string) error {
			t.Logf("%s: %v: %s", name, f, detail)
			firsts++
			return nil
		}}
		r := newReader(test.questions, 0, found, contest.Worker{})
		for range 3 {
			r.ask(db)
		}
		kinds := 0
		for f := range test.want {
			if got := found.counts[f].Load(); got != test.want[f] {
				t.Errorf("%s: %d of %v, want %d", name, got, finding(f), test.want[f])
			}
			if test.want[f] > 0 {
				kinds++
			}
		}
		if firsts != kinds {
			t.Errorf("%s: told %d times, want %d", name, firsts, kinds)
		}
		if !db.Ended.Load() {
			db.close()
		}
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	e := testEditions(t)[0]
	questions, err := questionsFor(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(e, contest.NewCensus("mappings"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	r := newReader(questions[:100], 0, &findings{}, contest.Worker{})
	for range 300 {
		r.ask(db) // maxminddb keeps strings that it has seen more than once
	}
	if n := testing.AllocsPerRun(100, func() { r.ask(db) }); n != 0 {
		t.Errorf("%v allocations a lookup", n)
	}
}
