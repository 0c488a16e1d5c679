package mutant

// values are the mutants of what is replaced while it is used.
var values = map[string][]Mutant{
	"live/changed.go": {
		{Name: "changed-shared", Rule: "each Value that has a Changed tells of what is missing",
			Old: "\tw.missing, w.told = slices.Clone(w.missing), slices.Clone(w.told)\n",
			New: ""},
	},
	"live/ending.go": {
		{Name: "live-early", Rule: "a value that was replaced is closed when it is not in use",
			Old: "\twait := hazard.Ask(value)\n",
			New: "\twait := hazard.Ask(value)\n\twait = nil\n"},
		{Name: "closes-unbounded", Rule: "a Pool opens nothing while many values that are not in use are not closed",
			Old: "\tif e.closing < maxClosing {\n",
			New: "\tif e.closing < maxClosing<<20 {\n"},
	},
	"live/generations.go": {
		{Name: "drain-early", Rule: "Drain waits until each value replaced before it is closed",
			Old: "\t\t\tif o.number <= last {",
			New: "\t\t\tif o.number < last {"},
		{Name: "late-value-kept", Rule: "a value that comes after Close is closed",
			Old: "\t\tg.leave(now, made)\n\t\treturn made, ErrClosed\n",
			New: "\t\treturn nil, ErrClosed\n"},
		{Name: "old-unbounded", Rule: "Load is not called while there are MaxOld replaced values",
			Old: "\t\tg.held = len(g.old) >= most\n",
			New: "\t\tg.held = len(g.old) > most\n"},
	},
	"live/reloader.go": {
		{Name: "reload-joins-running", Rule: "a Reload waits for a Load that begins after the call",
			Old: "\tif r.next == nil {\n",
			New: "\tif r.running != nil {\n\t\tr.running.waiters++\n\t\treturn r.running, nil\n\t}\n\tif r.next == nil {\n"},
	},
	"live/signal.go": {
		{Name: "signal-stolen", Rule: "each Value that has a Signal sees each signal",
			Old: "\t\tc := make(chan os.Signal, 1)\n",
			New: "\t\tc := first\n"},
		{Name: "signal-kept", Rule: "a Signal takes the signals over until the last Value that has it has ended",
			Old: "\t\t\tif values.Add(-1) == 0 {\n",
			New: "\t\t\tif values.Add(-1) == 0 && first == nil {\n"},
	},
	"live/stock.go": {
		{Name: "pool-opens-twice", Rule: "a key has one Open at a time",
			Old: "\tcase o.over:\n\t\treturn g, o, true\n",
			New: "\tcase o.over:\n\t\to = &opening[K, V]{flight: f}\n\t\ts.opens[key] = o\n\t\ts.calls.Go(func() { s.open(key, o) })\n"},
		{Name: "burst-stays", Rule: "of many that were opened at once those beyond Max leave",
			Old: "\treturn s.beyond(s.most)\n",
			New: "\treturn nil\n"},
	},
	"mapped/copy.go": {
		{Name: "copied-torn", Rule: "a copy is of one version of its file",
			Old: "\tif rewritten(before, after) {\n\t\treturn nil, errChanged\n",
			New: "\tif rewritten(before, after) && err != nil {\n\t\treturn nil, errChanged\n"},
	},
	"mapped/fault.go": {
		{Name: "fault-elsewhere", Rule: "a fault outside of the mapping is no FaultError",
			Old: "\toffset, ok := within(r.bytes, f.Addr())\n\tif !ok {\n",
			New: "\toffset, ok := within(r.bytes, f.Addr())\n\tif !ok && f == nil {\n"},
		{Name: "write-caught", Rule: "a write into the mapping is no FaultError",
			Old: "unless this was a write\")\n\t}\n\treturn nil\n",
			New: "unless this was a write\")\n\t}\n\treturn f\n"},
	},
	"mapped/mapping.go": {
		{Name: "panic-on-fault-kept", Rule: "a Do leaves SetPanicOnFault as it was",
			Old: "\t\tdebug.SetPanicOnFault(before)\n\t\tif returned {\n",
			New: "\t\t_ = before\n\t\tif returned {\n"},
		{Name: "mapping-left", Rule: "a mapping that has ended is unmapped",
			Old: "\t\treturn unmap(bytes)\n",
			New: "\t\treturn nil\n"},
	},
	"mapped/parsed.go": {
		{Name: "refused-left", Rule: "a mapping that parse refuses is unmapped",
			Old: "\t\tif !filled {\n",
			New: "\t\tif !filled && err == nil {\n"},
		{Name: "use-outside", Rule: "a mapping does not end until the use of it has returned",
			Old: "\treturn p.value.Do(func(m *mapping[T]) error { return m.do(use) })\n",
			New: "\tvar now *mapping[T]\n\tif err := p.value.Do(func(m *mapping[T]) error { now = m; return nil }); err != nil {\n\t\treturn err\n\t}\n\treturn now.do(use)\n"},
	},
	"mapped/quarantine.go": {
		{Name: "quarantine-readable", Rule: "addresses in quarantine are inaccessible",
			Old: "\terr = forbid(k.bytes)\n",
			New: "\terr = nil\n"},
	},
	"mapped/view.go": {
		{Name: "private-view-left", Rule: "a private mapping ends with its View",
			Old: "\t\tv.from.discard(own)\n",
			New: ""},
	},
}
