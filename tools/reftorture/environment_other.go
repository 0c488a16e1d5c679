//go:build !linux

package main

import "time"

func shuffle(*choice) bool { return false }

func unshuffle() {}

func huddle() {}

func preempt() {}

func loseP(d time.Duration) { time.Sleep(d) }

func makeHuge([]byte) {}
