package main

import (
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"hazptr/tools/loads/internal/contest"
)

// A shape is what records a database has, as a user may have one.
type shape struct {
	options mmdbwriter.Options
	records func(network int) mmdbtype.DataType
}

var shapes = map[string]shape{
	"flat": {mmdbwriter.Options{DatabaseType: "geo-whois-asn-country-ipv4"}, func(n int) mmdbtype.DataType {
		return mmdbtype.Map{"country_code": mmdbtype.String([]byte{'A' + byte(n%26), 'A' + byte(n/26%26)})}
	}},
	"ASN": {mmdbwriter.Options{DatabaseType: "GeoLite2-ASN"}, func(n int) mmdbtype.DataType {
		return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(n), "autonomous_system_organization": mmdbtype.String("some")}
	}},
	"nested city":     {mmdbwriter.Options{DatabaseType: "GeoLite2-City", RecordSize: 32}, func(n int) mmdbtype.DataType { return recordOf(7, n) }},
	"IPv4 only":       {mmdbwriter.Options{IPVersion: 4, RecordSize: 24}, func(n int) mmdbtype.DataType { return mmdbtype.Map{"n": mmdbtype.Uint16(n)} }},
	"empty records":   {mmdbwriter.Options{}, func(int) mmdbtype.DataType { return mmdbtype.Map{} }},
	"no type":         {mmdbwriter.Options{}, func(n int) mmdbtype.DataType { return mmdbtype.Map{"proxy": mmdbtype.Bool(n%2 == 0)} }},
	"an unknown type": {mmdbwriter.Options{DatabaseType: "unknown-7"}, func(n int) mmdbtype.DataType { return mmdbtype.Map{"x": mmdbtype.Float32(n)} }},
	"texts, not maps": {mmdbwriter.Options{}, func(n int) mmdbtype.DataType { return mmdbtype.String([]byte{'a' + byte(n%26)}) }},
	"country as text": {mmdbwriter.Options{}, func(n int) mmdbtype.DataType {
		return mmdbtype.Map{"country": mmdbtype.String([]byte{'a' + byte(n%26)})}
	}},
	"all kinds, lists": {mmdbwriter.Options{}, func(n int) mmdbtype.DataType { return mmdbtype.Slice(everyKind(n)) }},
}

// everyKind returns a value of each kind.
func everyKind(n int) []mmdbtype.DataType {
	large := mmdbtype.Uint128(*new(big.Int).Lsh(big.NewInt(int64(n)+1), 100))
	return []mmdbtype.DataType{
		mmdbtype.Bool(true), mmdbtype.Bytes{1, 2, byte(n)}, mmdbtype.Float32(n), mmdbtype.Float64(n), mmdbtype.Int32(-n), mmdbtype.Map{"n": mmdbtype.Uint16(n)},
		mmdbtype.Slice{mmdbtype.Uint32(n)}, mmdbtype.String("text"), mmdbtype.Uint64(n), &large,
	}
}

// shapeNetworks is how many networks writeDatabase lays out.
const shapeNetworks = 200

// writeDatabase writes a database of a shape. A record that is nil is left out.
func writeDatabase(t *testing.T, s shape) string {
	t.Helper()
	s.options.IncludeReservedNetworks = true
	tree, err := mmdbwriter.New(s.options)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for network := range networks(shapeNetworks) {
		if record := s.records(number); record != nil && (s.options.IPVersion != 4 || network.Addr().Is4()) {
			if err := tree.Insert(ipNet(network.Addr().AsSlice(), network.Bits()), record); err != nil {
				t.Fatal(err)
			}
		}
		number++
	}
	path := filepath.Join(t.TempDir(), "own.mmdb")
	if err := writeTree(t.Context(), tree, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// ownDatabase returns a database as a user may have one.
func ownDatabase(t *testing.T) string {
	t.Helper()
	return writeDatabase(t, shapes["country as text"])
}

func TestShapes(t *testing.T) {
	for name, s := range shapes {
		if testing.Short() && name != "all kinds, lists" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			path := writeDatabase(t, s)
			status, out, problems := runProgram(t.Context(), "-db", path, "-duration", "20ms", "-rounds", "1", "-ways", "hazptr,rwmutex", "-reloads", "1000")
			if status != 0 || problems != "" || !strings.Contains(out, path) {
				t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
			}
		})
	}
}

// A reader of a database of any shape notices a file that says something else.
func TestReaderFindsOtherRecords(t *testing.T) {
	for name, s := range shapes {
		t.Run(name, func(t *testing.T) {
			path := writeDatabase(t, s)
			questions, err := questionsFor(t.Context(), edition{path: path})
			if err != nil {
				t.Fatal(err)
			}
			other := s
			other.records = func(n int) mmdbtype.DataType { return s.records(n + 1) }
			if name == "empty records" {
				other.records = func(int) mmdbtype.DataType { return mmdbtype.Map{"no": mmdbtype.Map{}} }
			}
			for _, c := range []struct {
				path string
				want int64 // answers that are wrong
			}{{path, 0}, {writeDatabase(t, s), 0}, {writeDatabase(t, other), int64(len(questions))}} {
				db, err := openDatabase(edition{path: c.path}, contest.NewCensus("mappings"))
				if err != nil {
					t.Fatal(err)
				}
				found := &findings{first: func(finding, string) error { return nil }}
				r := newReader(questions, 0, found, contest.Worker{})
				for range questions {
					r.ask(db)
				}
				if n := found.counts[wrongAnswer].Load(); n != c.want {
					t.Errorf("%d wrong answers, want %d", n, c.want)
				}
				if n := found.counts[failedLookup].Load(); n != 0 {
					t.Errorf("%d lookups failed", n)
				}
				allocations := testing.AllocsPerRun(100, func() { r.ask(db) })
				if c.want == 0 && allocations != 0 {
					t.Errorf("%v allocations a lookup", allocations)
				}
				db.close()
			}
		})
	}
}

// Records that differ in one thing have different numbers.
func TestRecordsDiffer(t *testing.T) {
	type m = mmdbtype.Map
	type s = mmdbtype.Slice
	one, two := mmdbtype.Uint32(1), mmdbtype.Uint32(2)
	values := []mmdbtype.DataType{
		m{}, m{"a": one}, m{"a": two}, m{"b": one}, m{"a": one, "b": two}, m{"a": two, "b": one}, m{"a": m{"b": one}}, m{"a": m{}, "b": one},
		m{"a": mmdbtype.Uint16(1)}, m{"a": mmdbtype.Uint64(1)}, m{"a": mmdbtype.Int32(1)}, m{"a": mmdbtype.Float64(1)}, m{"a": mmdbtype.Float32(1)},
		m{"a": mmdbtype.Bool(true)}, m{"a": mmdbtype.Bool(false)}, m{"a": mmdbtype.String("1")}, m{"a": mmdbtype.Bytes("1")}, m{"a": mmdbtype.String("")},
		s{}, s{one}, s{one, two}, s{two, one}, s{s{one}, two}, s{s{one, two}}, s{s{}, one}, s{one, s{}}, one, mmdbtype.String("a"),
	}
	seen := map[record]mmdbtype.DataType{}
	for _, value := range values {
		questions, err := questionsFor(t.Context(), edition{path: writeDatabase(t, shape{records: func(int) mmdbtype.DataType { return value }})})
		if err != nil {
			t.Fatal(err)
		}
		number := questions[0].want.Record
		if other, known := seen[number]; known {
			t.Errorf("%v and %v have the same number", other, value)
		}
		seen[number] = value
		for _, q := range questions {
			if q.want.Record != number {
				t.Errorf("%v has two numbers", value)
			}
		}
	}
}
