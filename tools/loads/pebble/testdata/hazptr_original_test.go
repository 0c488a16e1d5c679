package pebble

func loadHold(d *DB) (*readState, func()) {
	s := d.loadReadState()
	return s, s.unref
}
