package program

import (
	"io"
	"slices"
	"testing"
)

func TestLine(t *testing.T) {
	type options struct {
		Given
		Line
		Number int  `name:"number" default:"1"`
		Flag   bool `name:"flag"`
	}
	o, err := Program[options]{Name: "p"}.Parse([]string{"-number", "3", "--flag"}, io.Discard)
	if err != nil || o.Number != 3 || !o.Flag {
		t.Fatalf("%+v, %v", o, err)
	}
	if want := []string{"--number", "3", "--flag"}; !slices.Equal(o.Words(), want) {
		t.Errorf("words %q, want %q", o.Words(), want)
	}
	if given := o.Given.Given(); given["number"] != "3" || given["flag"] != "true" {
		t.Errorf("given %v", given)
	}
}
