package lease

import "log"

// Function literals in package-level variables.

var commands = map[string]func() error{
	"name": func() error {
		l, err := current.Acquire() // want `this Lease is never released`
		if err != nil {
			return err
		}
		log.Print(l.Value().name)
		return nil
	},
	"size": func() error {
		return func() error {
			v, err := file.Acquire() // want `this View is never released`
			if err != nil {
				return err
			}
			log.Print(len(v.Value()))
			return nil
		}()
	},
	"right": func() error {
		l, err := current.Acquire()
		if err != nil {
			return err
		}
		defer l.Release()
		use(l.Value())
		return nil
	},
}
