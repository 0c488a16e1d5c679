package main

// An answer is what a lookup finds. It is comparable, and decoding one copies
// everything out of the mapping. Of the generated database it has the fields
// that most programs want of a city database, and two of its own; of a user's
// database, whose shape is not known, it has the Record.
type answer struct {
	Country struct {
		ISOCode   string `maxminddb:"iso_code"`
		GeonameID uint32 `maxminddb:"geoname_id"`
	} `maxminddb:"country"`
	City struct {
		GeonameID uint32 `maxminddb:"geoname_id"`
	} `maxminddb:"city"`
	Location struct {
		Latitude  float64 `maxminddb:"latitude"`
		Longitude float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`

	// Network is the number of the network that the address is in, so no two
	// networks have the same answer.
	Network uint32 `maxminddb:"hazptr_network"`

	// Edition tells from which of the generated files the answer comes. When a
	// mapping ends, the next one often takes its address: a reader that is too
	// late then finds another file's bytes there, all in good order but for
	// this number.
	Edition uint64 `maxminddb:"hazptr_edition"`

	Record record `maxminddb:"-" json:",omitzero"`
}
