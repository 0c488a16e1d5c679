// Package debug shows what the domains of a running program are doing: a page
// for people, text for curl, JSON for programs, and a variable for expvar.
//
// It is used as net/http/pprof is. Importing it registers the page at
// /debug/hazptr of [http.DefaultServeMux], and the figures as the variable
// "hazptr" of package expvar:
//
//	import _ "hazptr/debug"
//
// A program that serves from another mux puts [Handler] there.
//
// The pattern is "GET /debug/hazptr", which goes along with "/debug/",
// "GET /debug/{name}", "POST /debug/{name}" and "/{path...}", registered before
// or after. It conflicts with a second "GET /debug/hazptr", and with a pattern
// for HEAD alone that matches more, such as "HEAD /debug/{name}". The same
// holds of "GET /debug/vars", which package expvar registers; that page tells
// the command line, too.
//
// The page shows, of the process, the Holders that are open and the Guards that
// are held; and of each domain with a [hazptr.Config].Name, what is pending and
// how it was in the last five minutes, by type and one by one; scans, fences
// and workers. What has been pending for longer than Config.StallAfter, or a
// second where that is 0, is marked as stalled. With Config.Trace it tells
// where the hazard pointers were acquired that hold an object; with StallAfter,
// which reclaim function does not return. It keeps itself up to date until it
// is told to pause.
//
// It shows each open Value and Plain of package hazptr/live, too: its
// generation, its Loads, and the replaced values that are not closed, with
// Options.Trace where they are used; and the reads of files of package
// hazptr/mapped that have failed. Marked are a last Load that has failed, one
// that waits for MaxOld or takes longer than a minute, a replaced value that
// stays for longer than a minute, and problems with triggers.
//
// The format is asked for in the query, ?format=html, text or json, or by the
// Accept header; with neither it is text. JSON has the fields of
// [hazptr.Stats], [hazptr.PendingType], [hazptr.Stall] and [hazptr.Second], and
// of the Status of package live, by their names in Go; durations are
// nanoseconds.
//
// The package has no goroutine and does nothing between requests. It reads no
// request's body. It keeps no domain alive. As with pprof, the page tells names
// of functions and files: serve it only where they may be known.
package debug
