// Package conformance holds the library to the rules of what it follows, as its users see it: the kernel's rules as a list of tests, random sequences of calls against
// plain models, and concurrent histories that must be linearizable.
package conformance
