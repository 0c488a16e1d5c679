package bench

// Pin says which readers are pinned to CPUs, one after the other and round again.
// All are locked to threads.
type Pin string

const (
	// PinOwn pins the readers of an experiment if each has a CPU of its own. With
	// more readers than CPUs Go runs GOMAXPROCS of them at a time, whichever comes
	// next; if two of those were pinned to the same CPU, another would be idle.
	PinOwn    Pin = "own"
	PinAlways Pin = "always"
	PinNever  Pin = "never"
)

// pins reports whether readers are pinned when cores can run at once.
func (p Pin) pins(readers, cores int) bool {
	return p == PinAlways || p == PinOwn && readers <= cores
}
