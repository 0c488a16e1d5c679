package main

import (
	"runtime"
	"testing"
	"time"
)

func TestThreadIsPartOfProcess(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	process0, ok := processTime()
	if !ok {
		t.Skip("this system tells of no process's time")
	}
	thread0, ok := threadTime()
	if !ok {
		t.Skip("this system tells of no thread's time")
	}
	for begun := time.Now(); time.Since(begun) < 20*time.Millisecond; {
	}
	thread1, _ := threadTime()
	process1, _ := processTime()
	if took := thread1 - thread0; took <= 0 || took > process1-process0+time.Millisecond {
		t.Errorf("the thread has taken %v of the process's %v", took, process1-process0)
	}
}

// What a thread takes while it sleeps is next to nothing.
func TestSleepTakesNoTime(t *testing.T) {
	before, ok := processTime()
	if !ok {
		t.Skip("this system tells of no process's time")
	}
	time.Sleep(50 * time.Millisecond)
	if after, _ := processTime(); after-before > 40*time.Millisecond {
		t.Errorf("a sleep of 50ms took %v of a processor", after-before)
	}
}
