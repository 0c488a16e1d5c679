package main

import (
	"time"

	"hazptr/tools/internal/ending"
)

// A config is what to measure.
type config struct {
	types    []ending.Type
	writers  int
	readers  int
	workers  int // hazptr's Config.Workers
	hazards  int // in use all the while, by holders that do nothing else
	objects  int // that a flood replaces
	stall    bool
	reclaim  time.Duration // that the end of each object takes
	bytes    int64         // that each object stands for
	rate     int           // paced updates per second
	runs     int
	duration time.Duration // of a phase
}
