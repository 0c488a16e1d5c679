// Buffers publishes a page that is rendered anew whenever something changes,
// into a buffer from a pool. The buffer goes back when the last request has
// sent it. Rendering allocates nothing in the long run, and no request sends a
// page that is being overwritten.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"runtime"
	"sync"
	"sync/atomic"

	"hazptr"
)

// A page is rendered text. Its buffer is used again after its end.
type page struct{ text []byte }

const size = 16 << 10

var (
	free = sync.Pool{New: func() any {
		made.Add(1)
		return &page{make([]byte, 0, size)}
	}}
	made, renderings atomic.Int64
)

// render fills a page of which every byte tells the version.
func render(version int) *page {
	p := free.Get().(*page)
	p.text = p.text[:0]
	for len(p.text) < size {
		p.text = append(p.text, byte('a'+version%26))
	}
	renderings.Add(1)
	return p
}

func main() {
	d := hazptr.NewDomain(hazptr.Config{Name: "pages"})
	current := hazptr.NewPointer(hazptr.PointerConfig[page]{
		Reclaim: func(p *page) { free.Put(p) },
		Domain:  d,
	}, render(0))

	var stop atomic.Bool
	var sent, torn atomic.Int64
	var requests sync.WaitGroup
	for range 2 {
		requests.Go(func() {
			h := hazptr.NewHolder[page]()
			defer h.Close()
			for !stop.Load() {
				text := current.Protect(h).text
				// A part of another version is in it.
				if bytes.Count(text, text[:1]) != size {
					torn.Add(1)
				}
				h.Clear() // text may be overwritten from here on
				sent.Add(1)
				runtime.Gosched() // to the next request
			}
		})
	}
	const versions = 5000
	for version := range versions {
		current.Replace(render(version + 1))
	}
	stop.Store(true)
	requests.Wait()
	current.Replace(nil)
	if err := d.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d renderings in %d buffers, sent %d times, torn: %d\n", renderings.Load(), made.Load(), sent.Load(), torn.Load())
	if torn.Load() != 0 || sent.Load() == 0 || made.Load() > renderings.Load()/2 {
		log.Fatal("want no torn page, and buffers that are used again")
	}
}
