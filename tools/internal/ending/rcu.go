package ending

import "hazptr/rcu"

// newRCU has an rcu.Reader for each reader.
func newRCU() (graceDomain, func(*sources) Reader) {
	domain := rcu.New()
	return domain, func(s *sources) Reader { return &rcuReader{s, domain.NewReader()} }
}

type rcuReader struct {
	s      *sources
	reader *rcu.Reader
}

func (r *rcuReader) Protect(source int) *Object {
	r.reader.ReadLock()
	return r.s.all[source].head.Load()
}

func (r *rcuReader) Clear() { r.reader.ReadUnlock() }
func (r *rcuReader) Leave() { r.reader.Close() }
