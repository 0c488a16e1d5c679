package main

import "hazptr/tools/internal/way"

// A stock has the objects that are put into the sources. They are made before anything is measured and used again from phase to phase, so that what is allocated
// in between is the mechanisms'.
type stock struct{ objects []*way.Object }

// live returns n objects that have not ended, numbered from 0. The caller may set those to nil that it leaves to the garbage collector.
func (s *stock) live(n int) []*way.Object {
	for i := range min(n, len(s.objects)) {
		if s.objects[i] == nil {
			s.objects[i] = way.NewObject(i)
		} else {
			s.objects[i].Revive()
		}
	}
	for i := len(s.objects); i < n; i++ {
		s.objects = append(s.objects, way.NewObject(i))
	}
	return s.objects[:n:n]
}
