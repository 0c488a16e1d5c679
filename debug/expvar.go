package debug

import (
	"expvar"

	"hazptr"
)

// variable is what expvar shows as "hazptr": the Stats of each domain that has
// a name.
func variable() any {
	all := map[string]hazptr.Stats{}
	for name, d := range hazptr.Domains() {
		all[name] = d.Stats()
	}
	return all
}

func init() { expvar.Publish("hazptr", expvar.Func(variable)) }
