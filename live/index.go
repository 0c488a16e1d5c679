package live

import (
	"maps"
	"sync/atomic"
)

// An index is a map that is read without a lock. Its owner's lock guards all
// methods but load.
//
// What was stored lately is in all alone, where load does not find it. When
// find has been asked for as much as there is, all is copied to where load
// looks: so a key that is asked for often is found there, and a copy is paid
// for by the lookups before it. What was removed may still be loaded.
type index[K comparable, V any] struct {
	read   atomic.Pointer[map[K]V] // what it points to never changes
	all    map[K]V
	misses int // of load, that find was asked for, since the last copy
}

func (x *index[K, V]) load(key K) (v V, ok bool) {
	if read := x.read.Load(); read != nil {
		v, ok = (*read)[key]
	}
	return v, ok
}

// find finds what is there. The caller has not found it by load.
func (x *index[K, V]) find(key K) (v V, ok bool) {
	if v, ok = x.all[key]; !ok {
		return v, false
	}
	if x.misses++; x.misses > len(x.all) {
		x.publish()
	}
	return v, true
}

func (x *index[K, V]) publish() {
	read := maps.Clone(x.all)
	x.read.Store(&read)
	x.misses = 0
}

func (x *index[K, V]) store(key K, v V) {
	if x.all == nil {
		x.all = map[K]V{}
	}
	x.all[key] = v
}

// remove takes a key out.
func (x *index[K, V]) remove(key K) {
	delete(x.all, key)
	if read := x.read.Load(); read != nil && len(*read) > 2*len(x.all)+maxClosing {
		x.publish() // it keeps what was removed alive
	}
}
