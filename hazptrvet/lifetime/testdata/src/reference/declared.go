package reference

// Function literals in package-level variables.

var loads = map[string]func(*database) error{
	"wrong": func(d *database) error {
		if !d.ref.TryGetLive() {
			return errGone
		}
		if err := d.load(); err != nil {
			return err // want `the reference taken at line 7 is not dropped on this path, as it is at line 13`
		}
		d.ref.Put()
		return nil
	},
	"right": func(d *database) error {
		if !d.ref.TryGetLive() {
			return errGone
		}
		defer d.ref.Put()
		return d.load()
	},
}
