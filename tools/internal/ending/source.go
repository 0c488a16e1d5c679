package ending

import "sync/atomic"

// A source is where readers find the present object. Nothing else is on its
// cache lines.
type source struct {
	head atomic.Pointer[Object]
	_    [128]byte
}

// sources is embedded by every Ending whose readers load an Object's pointer.
type sources struct {
	all  []source
	told func(number int) // Config.Ended
}

func newSources(c Config) sources {
	s := sources{all: make([]source, len(c.Objects)), told: c.Ended}
	for i, o := range c.Objects {
		s.all[i].head.Store(o)
	}
	return s
}

// end ends o, and tells Config.Ended.
func (s *sources) end(o *Object) {
	o.end()
	if s.told != nil {
		s.told(o.Number())
	}
}
