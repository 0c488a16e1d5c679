// Package explore runs small concurrent scenarios through every execution that
// x86-TSO with membarrier(2) allows, up to the order of steps that commute.
//
// The code that runs is the library's own. A build with an overlay, made by
// the program in the folder overlay, has its atomic accesses, its locks and its
// fences announce themselves here as steps of a thread. Real memory is the
// memory of the model. Plain stores that other threads read go through a buffer
// for each thread, which drains in its own time; everything else happens in
// place when the explorer lets the thread go on.
//
// # The model
//
// As in "x86-TSO: A Rigorous and Usable Programmer's Model for x86
// Multiprocessors" (Sewell and others, 2010), a thread has a first-in first-out
// buffer of stores. Its own loads see the newest entry for their address, and
// otherwise memory. Locked instructions, which atomic stores of Go are too, and
// locks wait until the buffer of their thread is empty.
//
// membarrier(2) is a call, then for each other thread a fence on it, at some
// moment when its buffer is empty, in any order, and then the return.
//
// Each thread has a P of its own, and stays on it. Time stands still, but for
// timers: one fires when something has changed since its thread last rested, be
// it that the thread has seen the change. That is right for a loop whose turns
// leave everything as it was when there was nothing new.
//
// # The reduction
//
// The explorer is a source-DPOR with sleep sets ("Optimal Dynamic Partial Order
// Reduction", Abdulla and others, 2014). Each rule stands, with its argument,
// where it is applied: in reduction.go and in execution.go. The tests of this
// package compare it with searches that reduce less and with outcomes that are
// known, and break it on purpose.
package explore
