package srcu

// A Cookie stands for a moment of a [Domain]. Poll tells whether a grace period
// has passed since. Cookies can be compared. No more than two that differ are
// live, that is, have a grace period yet to come.
type Cookie struct {
	domain *Domain
	period uint64
}
