package ending

import "hazptr/srcu"

// newSRCU has readers that enter and leave the domain.
func newSRCU() (graceDomain, func(*sources) Reader) {
	domain := srcu.New()
	return domain, func(s *sources) Reader { return &srcuReader{s: s, domain: domain} }
}

type srcuReader struct {
	s      *sources
	domain *srcu.Domain
	token  srcu.Token
}

func (r *srcuReader) Protect(source int) *Object {
	r.token = r.domain.ReadLock()
	return r.s.all[source].head.Load()
}

func (r *srcuReader) Clear() { r.domain.ReadUnlock(r.token) }
func (r *srcuReader) Leave() {}
