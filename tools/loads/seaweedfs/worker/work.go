package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hazptr/tools/loads/seaweedfs/internal/figures"
)

// work is what a worker has to do.
type work struct {
	Dir      string        `name:"dir" placeholder:"DIR" required:"" group:"Volume:" help:"folder for the volume, which is made if it is not there"`
	LevelDB  bool          `name:"leveldb" group:"Volume:" help:"keep the needle map in a leveldb, in place of memory"`
	Size     int64         `name:"size" default:"67108864" between:"100000,100000000000" group:"Volume:" help:"bytes of the data file before the vacuum"`
	Changes  int           `name:"changes" default:"0" between:"0,10000000" group:"Volume:" help:"needles that are written between the vacuum's copy and its commit; every second of them is deleted again"`
	Only     bool          `name:"check" group:"Volume:" help:"check a volume that was made with the same -size and -changes, and do nothing else"`
	Readers  int           `name:"readers" default:"2" between:"1,1000" group:"Readers:" help:"goroutines that read one needle after the other"`
	Pause    time.Duration `name:"pause" default:"200us" between:"0s,1s" group:"Readers:" help:"time between a reader's reads"`
	Client   time.Duration `name:"client" default:"0s" between:"0s,1h" group:"Readers:" help:"time that a slow client takes for a needle of 8 MB; 0s means none"`
	SlowRead bool          `name:"slowread" group:"Readers:" help:"read for it with hasSlowRead"`
	Writes   time.Duration `name:"writes" default:"0s" between:"0s,1h" group:"Writer:" help:"time between writes meanwhile; 0s means none"`
	NoVacuum bool          `name:"novacuum" group:"Writer:" help:"don't vacuum the volume"`
}

// do makes the volume, and measures.
func (w *work) do(ctx context.Context) (f *figures.Figures, err error) {
	// As the kernel names its files.
	if w.Dir, err = filepath.EvalSymlinks(w.Dir); err != nil {
		return nil, err
	}
	v, err := open(w.Dir, w.LevelDB)
	if err != nil {
		return nil, err
	}
	closed := false
	shut := func() {
		if !closed {
			closed = true
			v.close()
		}
	}
	defer shut()
	if err := w.prepare(ctx, v); err != nil {
		return nil, err
	}
	f = figures.New()
	f.Volume = v.bytes()
	written, err := w.measure(ctx, v, f)
	if err != nil {
		return nil, err
	}
	if _, err := w.verify(v, written, sampled); err != nil {
		return nil, err
	}
	shut()
	if left := unnamed(w.Dir); left != 0 {
		return nil, fmt.Errorf("%d bytes of the old files are still open after Close", left)
	}
	return f, nil
}
