package contest

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCensus(t *testing.T) {
	c := NewCensus("mappings")
	lives := make([]Life, 3)
	for i := range lives {
		lives[i].Begin(c, int64(i+1))
	}
	lives[0].Replaced = time.Now()
	well := func() error { return nil }
	lives[0].End(well)
	lives[1].End(well)
	if c.Count() != 1 || c.bytes != 3 || c.most != 3 || c.mostBytes != 6 || c.outlived.Count() != 1 {
		t.Errorf("%+v", c)
	}
	if err := c.Err(); err == nil || err.Error() != "1 mappings are left at the end" {
		t.Errorf("error %v", err)
	}
	lives[1].End(well)
	lives[2].End(func() error { return errors.New("no such mapping") })
	if err := c.Err(); c.Count() != 0 || err == nil || !strings.Contains(err.Error(), "one of the mappings was ended twice") || !strings.Contains(err.Error(), "no such mapping") {
		t.Errorf("%d, error %v", c.Count(), err)
	}
}
