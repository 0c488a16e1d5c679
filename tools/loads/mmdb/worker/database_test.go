package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/contest"
)

func TestDatabase(t *testing.T) {
	editions := testEditions(t)
	census := contest.NewCensus("mappings")
	open := func(e edition) *database {
		t.Helper()
		db, err := openDatabase(e, census)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	kernelKnows := func(want int) {
		t.Helper()
		if n, ok := mappingsOf(editions); ok && n != want {
			t.Errorf("the kernel knows of %d mappings, want %d", n, want)
		}
		if n := census.Count(); n != want {
			t.Errorf("the census knows of %d mappings, want %d", n, want)
		}
	}

	kernelKnows(0)
	a, b := open(editions[0]), open(editions[0])
	c := open(editions[1])
	kernelKnows(3)
	a.Replaced = time.Now()
	a.close()
	b.close()
	kernelKnows(1)

	b.close()
	kernelKnows(1)
	if err := census.Err(); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("closed twice: error %v", err)
	}
	c.close()
	kernelKnows(0)
}

func TestTooManyMappings(t *testing.T) {
	c := contest.NewCensus("mappings")
	if mappingLimit > 1e6 {
		t.Skip("the system has no limit")
	}
	lives := make([]contest.Life, mappingLimit)
	for i := range lives {
		lives[i].Begin(c, 0)
	}
	if _, err := openDatabase(testEditions(t)[0], c); err == nil || !strings.Contains(err.Error(), "mappings of the database are alive") {
		t.Errorf("error %v", err)
	}
}
