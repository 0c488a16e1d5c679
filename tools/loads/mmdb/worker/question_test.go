package main

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	if err := generate(t.Context(), e, questionCount+2000, func() {}); err != nil {
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

func TestQuestionsOfNothing(t *testing.T) {
	path := writeDatabase(t, shape{records: func(int) mmdbtype.DataType { return nil }})
	_, err := questionsFor(t.Context(), edition{path: path})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "it has no network") {
		t.Errorf("error %v", err)
	}
}

// Whatever a file has, questionsFor ends, and names it if it is no database.
func TestQuestionsOfGarbage(t *testing.T) {
	whole, err := os.ReadFile(writeDatabase(t, shapes["nested city"]))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "garbage.mmdb")
	random := rand.New(rand.NewPCG(7, 7))
	refused := 0
	for range 200 {
		spoiled := bytes.Clone(whole)
		at := random.IntN(len(spoiled))
		for range 1 + random.IntN(64) {
			spoiled[at] = byte(random.Uint32()) & -byte(random.IntN(2))
			at = (at + 1 + random.IntN(3)) % len(spoiled)
		}
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := questionsFor(t.Context(), edition{path: path}); err != nil {
			refused++
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %v", err)
			}
		}
	}
	if refused == 0 {
		t.Error("all are taken for databases")
	}
}

// In a tree whose nodes have several parents there would be no end of networks.
func TestQuestionsOfEndlessTree(t *testing.T) {
	// Each node's records are the next node, twice.
	const nodes = 127
	var file []byte
	for i := range nodes {
		file = append(file, 0, 0, byte(i+1), 0, 0, byte(i+1))
	}
	file = append(file, make([]byte, 16)...)
	file = append(file, 0xe0) // an empty map
	tree, err := mmdbwriter.New(mmdbwriter.Options{RecordSize: 24})
	if err != nil {
		t.Fatal(err)
	}
	var empty bytes.Buffer
	if _, err := tree.WriteTo(&empty); err != nil {
		t.Fatal(err)
	}
	metadata := empty.Bytes()[bytes.LastIndex(empty.Bytes(), []byte("\xab\xcd\xefMaxMind.com")):]
	count := bytes.Index(metadata, []byte("node_count")) + len("node_count")
	kept := metadata[count+1+int(metadata[count]&0x1f):]
	metadata = append(append(bytes.Clone(metadata[:count]), 0xc1, nodes), kept...)
	path := filepath.Join(t.TempDir(), "endless.mmdb")
	if err := os.WriteFile(path, append(file, metadata...), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = questionsFor(t.Context(), edition{path: path})
	if err == nil || !strings.Contains(err.Error(), "several parents") {
		t.Errorf("error %v", err)
	}
}
