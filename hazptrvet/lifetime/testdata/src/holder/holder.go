package holder

import (
	"log"
	"sync"
	"sync/atomic"

	"hazptr"
)

type config struct{ name string }

var (
	source  atomic.Pointer[config]
	current hazptr.Pointer[config]
)

func read(h *hazptr.Holder[config]) {
	log.Print(h.Protect(&source).name)
	h.Clear()
}

func usedByBoth() {
	h := hazptr.NewHolder[config]()
	go func() {
		log.Print(h.Protect(&source).name)
		h.Clear()
	}()
	h.Protect(&source) // want `the Holder is used here and by the goroutine that was started at line 25`
	h.Close()
}

func passedAndUsed() {
	h := hazptr.NewHolder[config]()
	go read(h)
	current.Protect(h) // want `the Holder is used here and by the goroutine that was started at line 35`
}

func perTurn(n int) {
	h := hazptr.NewHolder[config]()
	for range n {
		go read(h) // want `each goroutine that this loop starts gets the same Holder`
	}
}

func workers(group *sync.WaitGroup, requests <-chan *int) {
	h := hazptr.NewHolder[config]()
	for range 4 {
		group.Add(1)
		go func() { // want `each goroutine that this loop starts gets the same Holder \(h\)`
			defer group.Done()
			for range requests {
				log.Print(h.Protect(&source).name)
				h.Clear()
			}
		}()
	}
	group.Wait()
	h.Close()
}

func withGroup(group *sync.WaitGroup) {
	h := hazptr.NewHolder[config]()
	for range 4 {
		group.Go(func() { // want `each goroutine that this loop starts gets the same Holder`
			log.Print(h.Protect(&source).name)
			h.Clear()
		})
	}
	group.Wait()
	h.Close()
}

func twoGoroutines(h *hazptr.Holder[config]) {
	go read(h)
	go read(h) // want `this goroutine gets the Holder that the one started at line 75 uses`
}

func closedByDefer() {
	h := hazptr.NewHolder[config]()
	defer h.Close() // want `the function returns and uses the Holder here while the goroutine that was started at line 82 uses it, too`
	go read(h)
}

// What follows is right.

func handedOver() {
	h := hazptr.NewHolder[config]()
	go func() {
		defer h.Close()
		log.Print(h.Protect(&source).name)
	}()
}

func oneEach(n int) {
	for range n {
		h := hazptr.NewHolder[config]()
		go read(h)
	}
}

func oneEachInside(n int) {
	for range n {
		go func() {
			h := hazptr.NewHolder[config]()
			defer h.Close()
			log.Print(h.Protect(&source).name)
		}()
	}
}

func waitsFor() {
	h := hazptr.NewHolder[config]()
	done := make(chan struct{})
	go func() {
		read(h)
		h.Clear()
		close(done)
	}()
	<-done
	h.Close()
}

func waitsForGroup(n int) {
	h := hazptr.NewHolder[config]()
	defer h.Close()
	var group sync.WaitGroup
	for range n {
		group.Add(1)
		go func() {
			defer group.Done()
			h.Clear()
		}()
		group.Wait()
	}
}

func waitsInDefer(group *sync.WaitGroup) {
	h := hazptr.NewHolder[config]()
	defer h.Close()
	defer group.Wait()
	group.Go(func() { h.Clear() })
}

func locked(mu *sync.Mutex, n int) {
	h := hazptr.NewHolder[config]()
	for range n {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			log.Print(h.Protect(&source).name)
			h.Clear()
		}()
	}
}

func inTurns(turn chan struct{}, n int) {
	h := hazptr.NewHolder[config]()
	for range n {
		go func() {
			<-turn
			log.Print(h.Protect(&source).name)
			h.Clear()
			turn <- struct{}{}
		}()
	}
}

func startsLater(start chan struct{}) {
	h := hazptr.NewHolder[config]()
	go func() {
		<-start
		h.Clear()
	}()
	log.Print(h.Protect(&source).name)
	h.Clear()
	close(start)
}
