package rcu

import (
	"context"
	"strings"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func TestReportStalls(t *testing.T) {
	d := New()
	stalled, fine := d.NewReader(), d.NewReader()
	stalled.ReadLock()
	reports := make(chan Stall, 1000)
	d.ReportStalls(time.Millisecond, func(s Stall) { reports <- s })
	ctx, cancel := context.WithCancel(context.Background())
	synchronized := make(chan error)
	go func() { synchronized <- d.Synchronize(ctx) }()
	for age := time.Duration(0); age < 5*time.Millisecond; {
		select {
		case s := <-reports:
			if len(s.Readers) != 1 || !strings.Contains(s.Readers[0], "rcu.TestReportStalls (") || !strings.Contains(s.Readers[0], "stall_test.go:") {
				t.Fatalf("it reports %+v", s)
			}
			if text := s.String(); !strings.Contains(text, "by 1 readers: hazptr/rcu.TestReportStalls") {
				t.Fatal(text)
			}
			age = s.Age
		case <-time.After(litmus.Soon):
			t.Fatal("no report")
		}
	}
	cancel()
	<-synchronized
	d.ReportStalls(0, nil)
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	// The reports that were under way.
	for time.Sleep(5 * time.Millisecond); len(reports) > 0; {
		<-reports
	}
	_ = d.Synchronize(ctx)
	if len(reports) > 0 {
		t.Fatal("a report after ReportStalls(0)")
	}
	stalled.ReadUnlock()
	stalled.Close()
	fine.Close()
}
