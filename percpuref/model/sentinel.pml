// A Ref as DESIGN.md has it: shards that are added to by locked instructions, and a sentinel in those that are dead. What package percpuref does now is in
// percpuref.pml; the interface, the owner and the count in the global word are the same.
//
//	here       the design
//	P          Get, TryGet, TryGetLive and Put of whoever is on the P: an add to its shard; if that is dead, to global
//	Owner      Kill and Resurrect
//	shard      a word for each P: what was counted there, or a value below LIMIT, which is about SENTINEL: dead
//	global     UNIT times the count of what is not on shards, plus DYING, plus BIAS in per-P mode
//
// Every access is atomic and visible at once, so that there is no FIFO. Each statement is one step, unless it stands in atomic. Anybody may be held up between
// any two steps, for several changes of mode: so an add to a shard that was dead may come to global when the Ref has gone back to per-P mode.
//
// A reference belongs to whoever has it: held[p] are those on P p, which may use it to Get another, drop it, or hand it to the other P. count is what the
// count should be: it changes at the step that takes effect, and is zero when the last reference has been dropped.
//
// Properties, as assertions: release is called once for each drop to zero, by the one who dropped the last reference, when nobody has any, and after
// confirm. TryGet fails only when the count is zero. After confirm TryGetLive fails until the Ref is resurrected. When a Kill has emptied the shards
// global is the count: nothing is lost over several changes of mode. No panic of Get and Put is reached. In the end global is zero.
//
// Left out: GetMany and PutMany, which only differ in n; two who change the mode at the same time, since all of it is under a mutex; SwitchToAtomic, which is
// a Kill that drops nothing.
//
// run: gcc -DSAFETY
// mutant NO_BIAS: global has no bias in per-P mode, and is zero at times while what was counted on shards is being added -> (count==0)&& !(released)
// mutant BIAS_LATE: the shards are zeroed before the bias is added -> (count==0)&& !(released)
// mutant UNDO_ON_SHARD: who finds a shard dead takes back what it has added there, perhaps when it is not dead any more -> (global/2)==count
// mutant LOAD_STORE_SWAP: Kill loads a shard and then stores the sentinel, and loses what is added between -> (global/2)==count
// mutant EXACT_SENTINEL: only the sentinel itself is dead, which it is no more after the first add -> !(released)
// mutant MASKED_BIAS: TryGet takes a biased global for zero when nothing but the bias is left in it -> violated (count==0)
// mutant NO_COMPARE: TryGet on a dead shard adds to whatever is there after its load -> !(released)
// mutant CONFIRM_EARLY: confirm is called before all shards are dead -> !(confirmed)

#define PS      2
#define GETS    3 /* references that are taken, by whomever */
#define CHANGES 2 /* Kills that are undone, before the last */

#define DYING 1
#define UNIT  2
#ifdef NO_BIAS
#define BIAS  0
#else
#define BIAS  128
#endif

#define SENTINEL -100
#define LIMIT    -50
#ifdef EXACT_SENTINEL
#define dead(before, after) ((before) == SENTINEL)
#else
#define dead(before, after) ((after) < LIMIT)
#endif

#define references(global) ((global) & ~DYING)
#ifdef MASKED_BIAS
#define none(global) (references(global) == 0 || references(global) == BIAS)
#else
#define none(global) (references(global) == 0)
#endif

short shard[PS];
short global = UNIT + BIAS;

byte gets = GETS;
byte held[PS];
byte count = 1; // the owner's
bool confirmed, released;

mtype = { get, tryGet, tryGetLive, put }

// taken stands in the step that takes effect.
inline taken() {
	assert(!released); // not after the last one was dropped
	assert(why != tryGetLive || !confirmed);
	count++;
	held[p]++
}

// drop is part of addGlobal.
inline drop() {
	global = global - UNIT;
	count--;
	assert(global >= 0); // else it panics: Put below zero
	if
	:: references(global) == 0 -> // release is called
	   assert(count == 0 && !released);
	   assert(confirmed);
	   released = true
	:: else -> assert(count > 0) // else release is missed
	fi
}

active [PS] proctype P()
{
	byte p = _pid;
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
	:: atomic { held[p] > 0 -> held[p]--; held[1-p]++ } // handed over
	od;

	if
	:: atomic {
		why == put -> shard[p]--;
		if
		:: !dead(shard[p]+1, shard[p]) ->
		   count--;
		   assert(count != 0); // else release is missed; the owner has one
		   goto idle
		:: else
		fi
	   }
	:: atomic {
		else -> shard[p]++;
		if
		:: !dead(shard[p]-1, shard[p]) ->
		   taken();
		   goto idle
		:: else
		fi
	   }
	:: goto addGlobal // the Ref was made before p
	fi;
#ifdef UNDO_ON_SHARD
	shard[p] = shard[p] + (why == put -> 1 : -1);
#endif

addGlobal:
	if
	:: atomic {
		why == put -> drop();
		goto idle
	   }
	:: atomic {
		why == get -> global = global + UNIT;
		assert(references(global) != UNIT); // else it panics: Get of a Ref whose count is zero
		taken();
		goto idle
	   }
	:: atomic {
		else -> seen = global;
		if
		:: none(seen) ->
		   assert(count == 0); // TryGet fails for no other reason
		   goto idle
		:: why == tryGetLive && (seen & DYING) -> goto idle
		:: else
		fi
	   }
	   atomic {
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

inline swap(p) {
#ifdef LOAD_STORE_SWAP
	was = shard[p];
	shard[p] = SENTINEL;
#else
	atomic { was = shard[p]; shard[p] = SENTINEL }
#endif
	global = global + UNIT*was
}

active proctype Owner()
{
	byte changes = CHANGES;
	short was;
	do
	:: // Kill
	   global = global | DYING;
#ifdef CONFIRM_EARLY
	   confirmed = true;
#endif
	   swap(0);
	   swap(1);
	   atomic {
		global = global - BIAS;
		assert(global / UNIT == count);
		was = 0
	   }
	   confirmed = true;
	   atomic { drop() }
	   if
	   :: changes > 0 -> changes--
	   :: else -> break
	   fi;
	   atomic { // Resurrect, or Reinit
		global = global + UNIT - DYING;
		count++;
		confirmed = false;
		released = false
	   }
#ifndef BIAS_LATE
	   global = global + BIAS;
#endif
	   shard[0] = 0;
	   shard[1] = 0;
#ifdef BIAS_LATE
	   global = global + BIAS
#endif
	od;
	count == 0 -> assert(released && global == DYING)
}
