package bench

import (
	"time"

	"hazptr/tools/internal/way"
)

// An updater replaces a mechanism's head so many times a second. When it comes
// late, because every P is busy, it makes up for it.
type updater struct {
	m         way.Mechanism
	rest      *way.Object // of the list, behind the head
	perSecond int

	stop, stopped chan struct{}
	start         time.Time
	replaced      int
}

func startUpdater(m way.Mechanism, rest *way.Object, perSecond int) *updater {
	u := &updater{m: m, rest: rest, perSecond: perSecond, stop: make(chan struct{}), stopped: make(chan struct{}), start: time.Now()}
	go u.run()
	return u
}

func (u *updater) run() {
	defer close(u.stopped)
	// A finer ticker would measure the ticker.
	ticks := time.NewTicker(max(time.Second/time.Duration(u.perSecond), 100*time.Microsecond))
	defer ticks.Stop()
	for {
		select {
		case <-u.stop:
			return
		case <-ticks.C:
		}
		due := int(time.Since(u.start).Seconds() * float64(u.perSecond))
		for ; u.replaced < due; u.replaced++ {
			select {
			case <-u.stop:
				return
			default:
			}
			u.m.Replace(way.NewHead(u.rest))
		}
	}
}

// end stops the updater and returns how many updates per second it has made.
func (u *updater) end() float64 {
	close(u.stop)
	<-u.stopped
	return float64(u.replaced) / time.Since(u.start).Seconds()
}
