package mapped_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/mapped"
)

// A copy is of one version, also of a file that is written in place. It is a
// log: the first word counts the records at its end, and is written after each.
func TestCopyOfAFileThatIsWritten(t *testing.T) {
	const pages = 256 // which take longer to read than some records to write
	f := newFile(t, 0, pages)
	p := f.open(mapped.Options{Copy: true})
	out, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	f.must(err)
	defer out.Close()
	var stop atomic.Bool
	var writer sync.WaitGroup
	writer.Go(func() {
		for n := 1; !stop.Load(); n++ {
			word := binary.NativeEndian.AppendUint64(nil, uint64(n))
			for _, at := range []int{pages*page + 8*(n-1), 0} {
				if _, err := out.WriteAt(word, int64(at)); err != nil {
					t.Error(err)
					return
				}
			}
			if n%1000 == 0 {
				time.Sleep(5 * time.Millisecond)
			}
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
		if err := p.Do(func(b []byte) error {
			counted, records := int(binary.NativeEndian.Uint64(b)), (len(b)-pages*page)/8
			if records != counted && records != counted+1 {
				return fmt.Errorf("%d records were counted, and %d are there", counted, records)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	writer.Wait()
	t.Logf("%d Reloads went well, %d not", good, bad)
	f.must(p.Reload(t.Context()))
}
