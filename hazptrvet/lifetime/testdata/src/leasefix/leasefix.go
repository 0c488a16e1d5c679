package leasefix

import (
	"hazptr/live"
	"hazptr/mapped"
)

var (
	current *live.Value[string]
	file    *mapped.File
)

func never() (string, error) {
	l, err := current.Acquire() // want `never released`
	if err != nil {
		return "", err
	}
	return l.Value(), nil
}

func neverView() int {
	v, err := file.Acquire() // want `never released`
	if err != nil {
		return 0
	}

	return len(v.Value())
}

// The deferred call stands behind the question for the error.
func noFix() {
	l, err := current.Acquire() // want `never released`
	if err == nil {
		println(l.Value())
	}
	m, _ := current.Acquire() // want `never released`
	println(m.Value())
}
