// Adders, kills, resurrections and switches of package percpuref, on processors that delay stores (x86-TSO).
//
//	here                      Go
//	P: count                  Ref.add
//	P: TryGetLive, Put        Ref.addGlobal
//	word, counted             the fields of shard: 2*count, and 1 more while the P is counting
//	global, dying             Ref.global
//	toAtomic, toPerP          Ref.toAtomic, settled; Ref.toPerP
//	Owner                     Ref.kill, revive, SwitchToAtomic, SwitchToPercpu: one at a time, by the mutex
//	StoreBuffer, heavy        the processor, fence.Heavy
//
// A P's stores to its word are plain: they go through a FIFO, which drains at any time. Heavy drains the FIFOs one after the other. What is added to global is locked,
// so it drains the P's FIFO first. What the owner stores is visible at once. Each statement is one step, unless it stands in atomic or d_step.
//
// Users take references on any P and drop them on any other; a P may be held up between any two steps, while the mode changes more than once. Any add may be done in
// global at any time, as by a P that was not there when the Ref was made.
//
// Safety: nobody has a reference when the Ref is released, or gets one afterwards (until it is resurrected); TryGetLive that begins after confirm fails; confirm
// comes before the release; in the end, when all that was taken has been dropped, the Ref is released: no add was lost or counted twice.
//
// Liveness: Kill ends, although users come again and again, if only each process that can run does so in the end (weak fairness).
//
// Left out: counts that wrap; Get, which is TryGet without a look.
//
// run: gcc -DSAFETY -DCOLLAPSE; pan -m100000
// mutant NO_FENCE: [counting] may still be delayed when the words are looked at -> !(dead)
// mutant NO_WAIT: a word is taken although its P is counting -> !(dead)
// mutant MODE_LATE: the words are looked at before the mode changes -> !(dead)
// mutant CHECK_FIRST: a P looks at the mode before it says that it is counting, and not after -> !(dead)
// mutant NO_BIAS: global is the bare count in per-P mode, too -> !(dead)
// mutant BIAS_LATE: the mode changes before global has the bias -> !(dead)
// mutant COUNTED_AGAIN: what has been moved to global is not remembered -> dead
// mutant CONFIRM_EARLY: confirm is called before the words have been looked at -> life!=lives
// mutant ZERO_GET: TryGet takes a reference although the count is zero -> !(dead)
//
// run: spin -DLIVENESS; pan -a -f
// mutant STUBBORN: a P says that it is counting without a look at the mode before -> acceptance cycle

#define PS      2
#define BIAS    20
#define DELAYED 2 /* stores in a FIFO; a P whose FIFO is full waits */
#ifndef OPERATIONS
#define OPERATIONS 3 /* of both Ps together */
#endif

byte word[PS] = 10; // visible; 10 so as not to fall below 0
chan delayed[PS] = [DELAYED] of { byte }
bool perP = true;

#define store(p, value) delayed[p]!value

inline drain(p) {
	d_step {
		do
		:: delayed[p]?word[p]
		:: empty(delayed[p]) -> break
		od
	}
}

inline heavy() {
	drain(0);
	drain(1)
}

active [PS] proctype StoreBuffer()
{
	byte p = _pid;
end:
	do
	:: delayed[p]?word[p]
	od
}

#ifdef LIVENESS

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
	   store(p, 11); // [counting]
	   mode = perP; // [mode]
	   if
	   :: mode -> store(p, 10) // taken and dropped: what it counts makes no difference
	   :: else -> store(p, 10)
	   fi;
global:
	   skip
	od
}

bool over;

active proctype Owner()
{
	perP = false;
	heavy();
	word[0] % 2 == 0;
	word[1] % 2 == 0;
	over = true
}

ltl killEnds { <> over }

#else

byte begun;            // operations
byte references;       // that users have
bool dead;             // released, and not resurrected
bool dying, confirmed;
byte lives;            // resurrections
short global =
#ifdef NO_BIAS
	1;
#else
	1 + BIAS;
#endif
byte counted[PS] = 10;
byte done;             // Ps

inline release() {
	assert(references == 0);
	dead = true
}

inline addToGlobal(n) {
	global = global + n;
	if
	:: n < 0 && global == 0 -> release()
	:: else
	fi
}

// count adds n to the P's word, if it may, and leaves in mode whether it has.
inline count(n) {
	mode = perP;
	if
	:: mode ->
#ifndef CHECK_FIRST
		store(p, own + 1); // [counting]
		mode = perP; // [mode]
#else
		store(p, own + 1);
#endif
		if
		:: mode -> own = own + 2*(n)
		:: else
		fi;
		store(p, own) // [counted], or nothing was
	:: else
	fi
}

active [PS] proctype P()
{
	byte p = _pid - PS, own = 10, life;
	bool mode, late;
	do
	:: atomic { begun < OPERATIONS -> begun++; late = confirmed; life = lives } // TryGetLive
	   if
	   :: count(1)
	   :: mode = false // a P that was not there
	   fi;
	   atomic {
		if
		:: mode -> skip
		:: else -> // locked
			drain(p);
			if
#ifndef ZERO_GET
			:: global == 0 || dying -> goto refused
#else
			:: dying && global != 0 -> goto refused
#endif
			:: else -> global = global + 1
			fi
		fi;
		assert(!dead);
		assert(!late || life != lives);
		references++
	   }
refused:
	   atomic { mode = false; late = false; life = 0 }
	:: atomic { references > 0 -> references-- } // Put
	   if
	   :: count(-1)
	   :: mode = false
	   fi;
	   atomic {
		if
		:: mode
		:: else -> drain(p); addToGlobal(-1)
		fi;
		mode = false
	   }
	:: atomic { begun == OPERATIONS && references == 0 -> done++; break }
	:: atomic { done > 0 && references == 0 -> done++; break } // the other one has ended with all dropped
	od;
	drain(p)
}

inline settle(q) {
	atomic {
#ifndef NO_WAIT
		word[q] % 2 == 0 -> // settled
#endif
		sum = sum + word[q]/2 - counted[q]/2;
#ifndef COUNTED_AGAIN
		counted[q] = word[q] - word[q] % 2
#endif
	}
}

inline toAtomic() {
#ifdef MODE_LATE
	heavy();
#else
	perP = false; // [mode]
#ifndef NO_FENCE
	heavy();
#endif
#endif
	settle(0);
	settle(1);
#ifdef MODE_LATE
	perP = false;
#endif
	atomic {
#ifdef NO_BIAS
		global = global + sum;
#else
		global = global + sum - BIAS;
#endif
		sum = 0
	}
}

inline toPerP() {
#ifdef NO_BIAS
	perP = true
#else
#ifdef BIAS_LATE
	perP = true;
	global = global + BIAS
#else
	global = global + BIAS;
	perP = true // [mode]
#endif
#endif
}

active proctype Owner()
{
	byte cycles = 1;
	short sum;
	do
	:: // SwitchToAtomic, SwitchToPercpu
		atomic { cycles > 0 -> cycles-- }
		toAtomic();
		toPerP()
	:: // Kill, Resurrect
		atomic { cycles > 0 -> cycles-- }
		dying = true;
#ifdef CONFIRM_EARLY
		confirmed = true;
#endif
		toAtomic();
		atomic { confirmed = true; assert(!dead) }
		atomic { addToGlobal(-1) }
		atomic { confirmed = false; global = global + 1; dying = false; dead = false; lives++ }
		toPerP()
	:: cycles == 0 -> break
	od;
	dying = true;
	toAtomic();
	atomic { confirmed = true; assert(!dead) }
	atomic { addToGlobal(-1) }
	done == PS;
	assert(dead)
}
#endif
