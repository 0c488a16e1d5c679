package main

import (
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// A cell has a way do a kind of thing while the policy is replaced.
type cell = contest.Cell[keeper.Begin[policy]]

// conditional is the kernel's way, which others are compared with.
const conditional = "refcnt-cond"

// The ways to keep a policy until the last request that looks at it has left.
var ways = []contest.Way[keeper.Begin[policy]]{
	{Name: "refcnt", Text: "kref_get, kref_put, as AppArmor has it: nothing ends while requests come, for they take references to what may have ended.",
		Begin: keeper.CountedUnasked((*policy).end)},
	{Name: conditional, Text: "kref_get_unless_zero; what drops the last reference ends the policy.",
		Begin: keeper.Counted((*policy).end)},
	{Name: "percpu_ref", Text: "a percpuref.Ref for each policy.", Begin: keeper.CountedPerCPU((*policy).end)},
	{Name: "cachedref", Text: "a cachedref.Ref for each policy, and a Cache for each connection.", Begin: keeper.Cached((*policy).end)},
	{Name: "hazptr", Text: "a hazptr.Holder for each connection.", Begin: keeper.Held("label", nil, (*policy).end)},
	{Name: "hazptr-guard", Text: "a hazptr.Guard for each request.", Begin: keeper.Guarded("label", (*policy).end)},
	{Name: "rwlock", Text: "a sync.RWMutex around each check.", Begin: keeper.Locked((*policy).end)},
	{Name: "busted", Text: "ended at once, whatever looks at it. It must be noticed, and is not among all.",
		Begin: keeper.AtOnce((*policy).end), Busted: true},
}

// chosen is the ways of a list.
type chosen []contest.Way[keeper.Begin[policy]]

// UnmarshalText reads the list.
func (c *chosen) UnmarshalText(text []byte) (err error) {
	*c, err = contest.Choose(string(text), ways)
	return err
}

// A check asks the present policy. A connection has one.
type check func(path string) verdict

// visit returns a check for one caller, and what to call when it is no longer
// needed.
func visit(k keeper.Keeper[policy]) (check, func()) {
	var path string
	var said verdict
	ask := func(p *policy) { said = p.check(path) }
	look, leave := k.Visit()
	return func(asked string) verdict {
		path = asked
		look(ask)
		return said
	}, leave
}

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
