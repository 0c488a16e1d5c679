package main

import (
	"context"
	"runtime"
	"time"

	"hazptr/tools/internal/subject"
)

// fake makes an actor a fake writer: it waits for readers without having
// anything for them, and changes what may be changed at any time.
func (t *torture) fake(a *actor) {
	for a.on(nil) {
		c := a.next()
		patience, impatient := t.Patience, c.one(4)
		if impatient {
			patience = time.Duration(c.of(100)) * time.Microsecond
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		var err error
		switch c.of(3) {
		case 0:
			if s, ok := t.subject.(subject.Synchronizer); ok {
				err = s.Synchronize(ctx)
			}
		case 1:
			if t.retirer != nil {
				err = t.retirer.Barrier(ctx)
			}
		case 2:
			if d, ok := t.subject.(subject.Disturber); ok {
				d.Disturb(c.of(t.Cells))
			}
		}
		if err != nil && !impatient {
			a.fail(kindError, "%v", err)
		}
		cancel()
		if c.one(4) {
			runtime.Gosched()
		} else {
			time.Sleep(time.Duration(c.of(1000)) * time.Microsecond)
		}
	}
}
