package tokenfix

import "hazptr/srcu"

type server struct{ readers *srcu.Domain }

func (s *server) dropped() {
	s.readers.ReadLock() // want `this Token is dropped`
	println("reading")
}

func unused(d *srcu.Domain) {
	t := d.ReadLock() // want `this Token is dropped`
	_ = t
}

func domain() *srcu.Domain { return srcu.New() }

func twice() {
	domain().ReadLock() // want `this Token is dropped`
}

func short()               { t := domain().ReadLock(); _ = t } // want `this Token is dropped`
func quick(d *srcu.Domain) { t := d.ReadLock(); _ = t }        // want `this Token is dropped`
