// This file models a Ref of package percpuref with its owner, and goroutines
// that take and drop references on two Ps. The processors delay stores
// (x86-TSO).
//
//	here                Go
//	P: add, addGlobal   Ref.add, addGlobal
//	Owner               Ref.kill, revive, SwitchToAtomicSync, SwitchToPercpu
//	toAtomic, toPerP    Ref.toAtomic, toPerP, with shard.settled
//	word, counted       the fields of shard, with unit 2 as there
//	perP, global        the fields of Ref; bias is small here
//	StoreBuffer, heavy  the processor, fence.Heavy
//
// The stores to a P's word are plain. They go through a FIFO. The FIFO drains
// at any time. Heavy drains the FIFOs one after the other. perP and global are
// atomic in Go. A store to them is visible at once, and an add to global drains
// the adder's FIFO. Each statement is one step, unless it is inside atomic. A
// goroutine that counts is pinned: a P does one thing after the other. A P may
// be held up between any two steps, for several changes of mode.
//
// A reference belongs to the goroutine that has it. held[p] is the number of
// references on P p. P p may use one of them to Get another, drop it, or hand
// it to the other P. The hand-over drains the FIFO. count is what the count
// should be. It changes at the step that takes effect. It is zero when the last
// reference has been dropped.
//
// The properties are assertions:
//   - release is called once for each drop to zero. The goroutine that dropped
//     the last reference calls it, when no goroutine has a reference, and after
//     confirm.
//   - TryGet fails only when the count is zero.
//   - After confirm TryGetLive fails until the Ref is resurrected.
//   - When a Kill has moved what was counted on the Ps, global is the count.
//     Nothing is lost over several changes of mode.
//   - No panic of Get, Put and Kill is reached.
//   - In the end global is zero.
//
// The model leaves out GetMany and PutMany, which differ only in n. It leaves
// out two goroutines that change the mode at the same time, because every
// change is under a mutex. It leaves out a SwitchToAtomic of a dying Ref, which
// changes nothing. It also leaves out that a Kill ends (kill.pml).
//
// run: gcc -DSAFETY
// mutant NO_FENCE: toAtomic has no Heavy, so a word may seem to be even while
//	its [counting] is delayed -> (count!=0)
// mutant NO_WAIT: toAtomic takes a word that is odd, and so misses what is
//	being counted -> (global/2)==count
// mutant FIRST_LOOK: add does not load [mode] again after it has stored
//	[counting] -> !(released)
// mutant NO_BIAS: global has no bias in per-P mode, and is zero at times while
//	what was counted on Ps is being added -> (count==0)&& !(released)
// mutant BIAS_LATE: toPerP stores [mode] before it adds the bias
//	-> (count==0)&& !(released)
// mutant FROM_ZERO: toAtomic adds all of a word, not the change since the word
//	was added last -> (global/2)==count
// mutant NO_COMPARE: TryGet in atomic mode adds to any value that is there
//	after its load -> !(released)
// mutant CONFIRM_EARLY: confirm is called before the mode has changed on every
//	P -> !(confirmed)

#define PS      2
#define GETS    2 /* references that are taken, by any goroutine */
#define CHANGES 2 /* of the mode and back, before the last Kill */
#define DELAYED 2 /* length of a FIFO; a P waits while it is full */

#define DYING 1
#define UNIT  2
#ifdef NO_BIAS
#define BIAS  0
#else
#define BIAS  128
#endif

#define references(global) ((global) & ~DYING)

short word[PS];
chan delayed[PS] = [DELAYED] of { short } // stores to word[p], the oldest first

bool perP = true;
short global = UNIT + BIAS;

byte gets = GETS;
byte held[PS];
byte count = 1; // the owner's reference
bool confirmed, released;

mtype = { get, tryGet, tryGetLive, put }

inline drain(p) {
	do
	:: delayed[p]?word[p]
	:: empty(delayed[p]) -> break
	od
}

// taken is part of the step that takes effect.
inline taken() {
	assert(!released); // not after the last reference was dropped
	assert(why != tryGetLive || !confirmed);
	count++;
	held[p]++
}

// drop is part of addGlobal.
inline drop() {
	global = global - UNIT;
	count--;
	assert(global >= 0); // otherwise it panics: Put below zero
	if
	:: references(global) == 0 -> // release is called
	   assert(count == 0 && !released);
	   assert(confirmed);
	   released = true
	:: else -> assert(count > 0) // otherwise release is missed
	fi
}

active [PS] proctype P()
{
	byte p = _pid;
	short own; // what the P finds in its word
	short seen;
	mtype why;
idle:
	seen = 0; why = 0;
end:
	do
	:: atomic { gets > 0 -> gets--; why = tryGet } break
	:: atomic { gets > 0 -> gets--; why = tryGetLive } break
	:: atomic { gets > 0 && held[p] > 0 -> gets--; why = get } break
	:: atomic { held[p] > 0 -> held[p]--; why = put } break
	:: atomic { held[p] > 0 -> drain(p); held[p]--; held[1-p]++ } // handed over
	od;

	// add
	if
	:: perP -> seen = true // p has a shard; this first look decides nothing
	:: goto addGlobal // p has none, or the mode is atomic
	fi;
	delayed[p]!own + 1; // [counting]
#ifndef FIRST_LOOK
	seen = perP; // [mode]
#endif
	if
	:: atomic {
		seen && nfull(delayed[p]) ->
		if
		:: why == put ->
		   own = own - UNIT;
		   count--;
		   assert(count != 0) // otherwise release is missed; the owner has one
		:: else ->
		   own = own + UNIT;
		   taken()
		fi;
		delayed[p]!own; // [counted]
		goto idle
	   }
	:: !seen -> delayed[p]!own
	fi;

addGlobal:
	if
	:: atomic {
		why == put -> drain(p);
		drop();
		goto idle
	   }
	:: atomic {
		why == get -> drain(p);
		global = global + UNIT;
		// Otherwise it panics: Get of a Ref whose count is zero.
		assert(references(global) != UNIT);
		taken();
		goto idle
	   }
	:: atomic {
		else -> seen = global;
		if
		:: references(seen) == 0 ->
		   assert(count == 0); // TryGet fails for no other reason
		   goto idle
		:: why == tryGetLive && (seen & DYING) -> goto idle
		:: else
		fi
	   }
	   atomic {
		drain(p);
#ifdef NO_COMPARE
		seen = global;
#endif
		if
		:: seen == global ->
		   global = global + UNIT;
		   taken();
		   goto idle
		:: else -> goto addGlobal
		fi
	   }
	fi
}

active [PS] proctype StoreBuffer()
{
	byte p = _pid - PS;
end:
	do
	:: delayed[p]?word[p]
	od
}

inline toAtomic() {
	perP = false; // [mode]
#ifndef NO_FENCE
	atomic { drain(0) }
	atomic { drain(1) }
#endif
	sum = 0;
	collect(0);
	collect(1);
	atomic {
		global = global + sum - BIAS;
		assert(global >= 0); // otherwise it panics
		assert(global / UNIT == count);
		sum = 0
	}
}

#ifdef NO_WAIT
#define settled(p) true
#else
#define settled(p) (word[p] & 1) == 0
#endif

inline collect(p) {
	atomic {
		settled(p) -> sum = sum + word[p] - counted[p]; // pairs with [counted]
#ifndef FROM_ZERO
		counted[p] = word[p]
#endif
	}
}

inline toPerP() {
#ifdef BIAS_LATE
	perP = true; // [mode]
	global = global + BIAS
#else
	global = global + BIAS;
	perP = true // [mode]
#endif
}

active proctype Owner()
{
	byte changes = CHANGES;
	short sum, counted[PS];
	do
	:: changes > 0 -> // SwitchToAtomic, SwitchToPercpu
	   changes--;
	   toAtomic();
	   toPerP()
	:: // Kill
	   global = global | DYING;
#ifdef CONFIRM_EARLY
	   confirmed = true;
	   toAtomic();
#else
	   toAtomic();
	   confirmed = true;
#endif
	   atomic { drop() }
	   if
	   :: changes > 0 -> changes-- // Resurrect, or Reinit
	   :: changes == 0 -> break
	   fi;
	   atomic {
		global = global + UNIT - DYING;
		count++;
		confirmed = false;
		released = false
	   }
	   toPerP()
	od;
	count == 0 -> assert(released && global == DYING)
}
