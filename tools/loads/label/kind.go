package main

import "hazptr/tools/loads/internal/contest"

const (
	bare  = "bare"
	opens = "open"
	web   = "http"
)

// The kinds of things that are done behind a check.
var kinds = []contest.Kind{
	{Name: bare, Text: "checks alone", Together: 64},
	{Name: opens, Text: "open and close a file", Together: 1},
	{Name: web, Text: "HTTP requests", Together: 1},
}

// done is the kinds of a list.
type done []contest.Kind

// UnmarshalText reads the list.
func (d *done) UnmarshalText(text []byte) (err error) {
	*d, err = contest.ChooseKinds(string(text), kinds)
	return err
}
