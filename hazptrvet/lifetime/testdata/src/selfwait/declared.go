package selfwait

// Function literals in package-level variables.

var cases = []struct {
	name string
	run  func() error
}{
	{"wrong", func() error {
		return current.Do(func(*database) error {
			return current.Drain(ctx) // want `Drain waits here for the Do that it is called in \(line 10\)`
		})
	}},
	{"right", func() error {
		if err := current.Do(func(*database) error { return other.Drain(ctx) }); err != nil {
			return err
		}
		return current.Drain(ctx)
	}},
}
