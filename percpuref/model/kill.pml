// This file models a Kill of package percpuref, and goroutines that count on
// two Ps for ever. The Kill ends, if only each process that can run does so in
// the end (weak fairness).
//
//	here                   Go
//	P                      Ref.add
//	word                   shard.word, of which only the lowest bit matters
//	                       here
//	Owner                  Ref.toAtomic, settled
//	StoreBuffer, heavy     the processor, fence.Heavy
//
// percpuref.pml models what is counted, and that nothing of it is lost.
//
// run: spin -DLIVENESS; pan -a -f
// mutant STUBBORN: a goroutine says that it counts without a look at the mode
//	before, so a word may be odd at each look -> acceptance cycle

#define PS      2
#define DELAYED 2 /* length of a FIFO; a P waits while it is full */

byte word[PS];
chan delayed[PS] = [DELAYED] of { byte }
bool perP = true, over;

active [PS] proctype StoreBuffer()
{
	byte p = _pid;
	do
	:: delayed[p]?word[p]
	od
}

active [PS] proctype P()
{
	byte p = _pid - PS;
	bool mode;
	do
	::
#ifndef STUBBORN
	   if
	   :: perP
	   :: else -> goto global
	   fi;
#endif
	   delayed[p]!1; // [counting]
	   mode = perP; // [mode]
	   delayed[p]!0; // [counted], or nothing was
global:
	   skip
	od
}

inline drain(p) {
	d_step {
		do
		:: delayed[p]?word[p]
		:: empty(delayed[p]) -> break
		od
	}
}

active proctype Owner()
{
	perP = false; // [mode]
	drain(0); // heavy
	drain(1);
	word[0] == 0; // settled
	word[1] == 0;
	over = true
}

ltl killEnds { <> over }
