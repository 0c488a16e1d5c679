package mapped_test

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/mapped"
)

// A copy is of one version, also of a file that is written in place.
func TestCopyOfAFileThatIsWritten(t *testing.T) {
	f := newFile(t, 0, 64)
	p := f.open(mapped.Options{Copy: true})
	out, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	f.must(err)
	defer out.Close()
	var stop atomic.Bool
	var writer sync.WaitGroup
	writer.Go(func() {
		bytes := make([]byte, page)
		for n := 0; !stop.Load(); n++ {
			if _, err := out.WriteAt(bytes, int64(n%128*page)); err != nil {
				t.Error(err)
				return
			}
			time.Sleep(100 * time.Microsecond)
		}
	})
	good, bad := 0, 0
	for range 10 {
		switch err := p.Reload(t.Context()); {
		case err == nil:
			good++
		case strings.Contains(err.Error(), f.path+": was written to while it was read"):
			bad++
		default:
			t.Error(err)
		}
	}
	stop.Store(true)
	writer.Wait()
	t.Logf("%d Reloads went well, %d not", good, bad)
	f.must(p.Reload(t.Context()))
}
