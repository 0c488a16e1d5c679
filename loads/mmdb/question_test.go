package main

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/loads/internal/progress"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

func TestQuestions(t *testing.T) {
	questions, err := questionsFor(t.Context(), testEditions(t)[1])
	if err != nil {
		t.Fatal(err)
	}
	if len(questions) != testNetworks {
		t.Errorf("%d questions for %d networks", len(questions), testNetworks)
	}
	var all []netip.Prefix
	for network := range networks(testNetworks) {
		all = append(all, network)
	}
	asked := map[uint32]bool{}
	for _, q := range questions {
		if network := all[q.want.Network]; !network.Contains(q.addr) {
			t.Fatalf("%v is asked for %v", q.addr, network)
		}
		asked[q.want.Network] = true
	}
	if len(asked) != testNetworks {
		t.Errorf("%d of %d networks are asked for", len(asked), testNetworks)
	}
}

func TestQuestionsFewerThanNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	e := edition{path: filepath.Join(t.TempDir(), "large.mmdb"), number: firstEdition}
	if err := generate(t.Context(), e, questionCount+2000, progress.NewBar(nil, 1)); err != nil {
		t.Fatal(err)
	}
	questions, err := questionsFor(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[uint32]bool{}
	for _, q := range questions {
		asked[q.want.Network] = true
	}
	if len(questions) != questionCount || len(asked) != questionCount {
		t.Errorf("%d questions, %d networks", len(questions), len(asked))
	}
}

func TestQuestionsWrongEdition(t *testing.T) {
	editions := testEditions(t)
	e := edition{path: editions[0].path, number: editions[1].number}
	if _, err := questionsFor(t.Context(), e); err == nil || !strings.Contains(err.Error(), "edition") {
		t.Errorf("error %v", err)
	}
}

// ownDatabase returns a database as a user may have one: small, with records that lack most of an answer's fields.
func ownDatabase(t *testing.T) string {
	t.Helper()
	return writeDatabase(t, mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("NL")}})
}

func writeDatabase(t *testing.T, record mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "own", IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network := range networks(500) {
		if err := tree.Insert(ipNet(network.Addr().AsSlice(), network.Bits()), record); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "own.mmdb")
	if err := writeTree(t.Context(), tree, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestQuestionsNobodyAnswers(t *testing.T) {
	for name, record := range map[string]mmdbtype.Map{
		"other fields": {"autonomous_system_number": mmdbtype.Uint32(7)},
		"other types":  {"country": mmdbtype.String("NL")},
	} {
		if _, err := questionsFor(t.Context(), edition{path: writeDatabase(t, record)}); err == nil || !strings.Contains(err.Error(), needed) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
