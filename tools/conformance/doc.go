// Package conformance holds the library to the rules of what it follows, as its
// users see it. It has the kernel's rules as a list of tests, random sequences
// of calls against plain models, concurrent histories that must be
// linearizable, and stress under which a broken rule shows.
//
// A test's first comment states its rule and, in parentheses, where it stands:
// in the kernel's source, by file and function, or in a package's own
// documentation, by the package's name. Rules that rcu and srcu share on the
// updater's side are in updater_synchronize_test.go, updater_callbacks_test.go
// (Barrier and Close, too) and updater_cookies_test.go, and run for both.
package conformance
