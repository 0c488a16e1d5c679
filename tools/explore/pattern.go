package main

import "regexp"

// A pattern chooses scenarios, as go test's -run does: a regular expression for
// the test, and behind a slash one for its parts.
type pattern string

// UnmarshalText reads a pattern.
func (p *pattern) UnmarshalText(text []byte) error {
	*p = pattern(text)
	_, err := regexp.Compile(string(text))
	return err
}

func matches(expression, name string) bool {
	return regexp.MustCompile(expression).MatchString(name)
}
