package program

import (
	"fmt"
	"slices"
	"testing"
)

// Each stage comes through, in whatever pieces it is written, and what else is
// written is kept, but for what is downloaded.
func TestRelay(t *testing.T) {
	var shown []string
	relay := Relay{Show: func(done, of int, stage string) { shown = append(shown, fmt.Sprint(done, of, " ", stage)) }}
	if !slices.Contains(relay.Environ(), relayVariable+"=1") {
		t.Fatal("the other program is not told")
	}
	t.Setenv(relayVariable, "1")
	begin, end := Stages(2, byteByByte{&relay})
	begin("building, and more")
	fmt.Fprint(&relay, "go: downloading x v1\nwarning: old\n", relayPrefix+"3 of 2: no stage\n")
	begin("measuring")
	end()
	fmt.Fprint(&relay, "failed")

	if want := []string{"0 2 1 of 2: building, and more", "1 2 2 of 2: measuring"}; !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
	if got, want := relay.String(), "warning: old\n"+relayPrefix+"3 of 2: no stage\nfailed"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

type byteByByte struct{ relay *Relay }

func (w byteByByte) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := w.relay.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}
