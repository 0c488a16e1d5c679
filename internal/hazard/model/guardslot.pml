// Guards' slots, which goroutines claim on their P and give back from anywhere, on processors that delay stores (x86-TSO).
//
//	here                Go
//	User: Acquire       Acquire, guardSlots.claim, guardGroup.take
//	User: Release       Guard.Release; and that of a copy of a Guard that is no more
//	pin, unpin          perproc.Pin, Unpin
//	move                the scheduler takes the goroutine from one P to the other
//	Updater             the user's unlinking, fence.Heavy, guardSlots.look; then the glances and the reclaim function
//	hazard, turn        the fields of GuardSlot
//	StoreBuffer, heavy  the processor that runs the P, fence.Heavy
//
// What goroutines store goes through the FIFO of their P's processor, which drains at any time; what they load comes from there, if it is there. To move a goroutine drains
// the FIFO of the P that it leaves, as the scheduler's hand-over does. Heavy drains the FIFOs one after the other. Each statement is one step, unless it stands in atomic.
//
// Each P has one slot: a goroutine that finds it taken tries again. Goroutines of a P that are not pinned take turns at any step. A user may keep a copy of a Guard that it has
// released, and release that later.
//
// Properties, as assertions: a slot that is claimed has no owner; the reclaim function has not been called when the object is used for the last time; the Release of a Guard
// does not panic, for the slot has what was published in it (seen == p, seen == t); that of a copy of a Guard that was released does (seen != copyTurn).
//
// Left out: groups that are closed (guardgroup.pml); the search for a free slot, and segments that are added; two who release copies at the same time, for which nothing is
// promised; turns that wrap.
//
// run: gcc -DSAFETY
// mutant NO_PIN: a goroutine that is not pinned claims a slot -> seen==p
// mutant SEEN_FREE: a goroutine pins itself to see that the slot is free, and again, perhaps elsewhere, to claim it -> seen==p
// mutant OTHERS: a goroutine that is pinned to one P claims the other's slot -> !(owned[s])
// mutant FREE_AGAIN: after a failed validation the slot is made zero, and published in again -> seen==p
// mutant NO_TURN: turn does not count -> seen!=copyTurn
// mutant TURN_LATE: turn is stored after [publish] -> seen!=copyTurn
// mutant CHECK_LATE: Release looks at turn when it has stored zero -> seen==t
// mutant RELEASE_FIRST: Release comes before the last use -> !(reclaimed)
// mutant NO_VALIDATE: Acquire does not load the source again -> !(reclaimed)
// mutant NO_FENCE: the updater looks without Heavy -> !(reclaimed)
// mutant UNORDERED: a goroutine is moved, and what it stored is delayed -> seen==p

#define PS       2
#define USERS    2
#define ACQUIRES 2 /* of all users */
#define MOVES    2 /* of all users */
#define DELAYED  3 /* stores in a FIFO; who finds it full waits */

#define hazard(s) (s)
#define turn(s)   (PS + (s))
#define WORDS     (2*PS)

byte source = 1; // the object, then another, or none
byte word[WORDS];
chan delayed[PS] = [DELAYED] of { byte, byte } // where, and what is stored there, the oldest first
byte late[PS*WORDS], latest[PS*WORDS];         // of a P's stores to a word that are delayed: how many, and the latest

byte acquires = ACQUIRES, moves = MOVES;
bool pinned[PS];
bool owned[PS]; // somebody has the slot, as its P sees it
bool reclaimed; // object 1

#define of(p, w)   (WORDS*(p) + (w))
#define load(p, w) (late[of(p, w)] -> latest[of(p, w)] : word[w])

inline store(w, value) {
	atomic {
		nfull(delayed[on]) -> delayed[on]!w,value;
		late[of(on, w)]++;
		latest[of(on, w)] = value
	}
}

// free makes a slot zero. For its P it is free at once.
inline free(s) {
	if
	:: on == s -> owned[s] = false
	:: else
	fi;
	store(hazard(s), 0)
}

inline apply(p) {
	word[where] = what;
	if
	:: where < PS && where != p && what == 0 -> owned[where] = false // and now for the other one
	:: else
	fi;
	late[of(p, where)]--;
	if
	:: late[of(p, where)] == 0 -> latest[of(p, where)] = 0
	:: else
	fi;
	where = 0; what = 0
}

inline drain(p) {
	do
	:: delayed[p]?where,what -> apply(p)
	:: empty(delayed[p]) -> break
	od
}

proctype StoreBuffer(byte p) {
	byte where, what;
end:	do
	:: atomic { delayed[p]?where,what -> apply(p) }
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

#ifdef NO_PIN
#define pin() skip
#else
#define pin() atomic { !pinned[on] -> pinned[on] = true }
#endif

#define unpin() pinned[on] = false

inline move() {
	if
	:: atomic {
		moves > 0 -> moves--;
#ifndef UNORDERED
		drain(on);
#endif
		on = 1 - on }
	:: skip
	fi
}

proctype User(byte me) {
	byte on, p, q, s, t, seen, where, what;
	byte copyOf, copySlot, copyTurn; // a copy of a Guard that was released; copyOf 0: none
end:	do
	:: atomic { acquires > 0 -> acquires-- };
		// Acquire
		p = source;
		if
		:: p == 0 -> goto end
		:: else
		fi;
		do
		:: move();
			pin();
#ifdef OTHERS
			if
			:: s = on
			:: s = 1 - on
			fi;
#else
			s = on;
#endif
			if
			:: load(on, hazard(s)) == 0 ->
#ifdef SEEN_FREE
				unpin();
				move();
				pin();
#endif
				break
			:: else -> unpin()
			fi
		od;
#ifdef NO_TURN
		t = 1;
#else
		t = load(on, turn(s)) + 1;
#endif
#ifndef TURN_LATE
		store(turn(s), t);
#endif
		atomic { assert(!owned[s]); owned[s] = true };
		store(hazard(s), p); // [publish]
#ifdef TURN_LATE
		store(turn(s), t);
#endif
		unpin();
		do
		:: move();
			q = source; // [validate]
#ifdef NO_VALIDATE
			q = p;
#endif
			if
			:: q == p -> break
			:: q != p && q != 0 ->
#ifdef FREE_AGAIN
				free(s);
#endif
				p = q;
				store(hazard(s), p) // [publish]
			:: q == 0 ->
				free(s);
				goto none
			fi
		od;
		move();
#ifdef RELEASE_FIRST
		free(s);
#endif
		assert(p != 1 || !reclaimed); // the last use
		// Release
#ifndef RELEASE_FIRST
		seen = load(on, hazard(s));
		assert(seen == p);
#ifndef CHECK_LATE
		seen = load(on, turn(s));
		assert(seen == t);
#endif
		free(s);
#ifdef CHECK_LATE
		move();
		seen = load(on, turn(s));
		assert(seen == t);
#endif
#endif
		if
		:: copyOf == 0 -> copyOf = p; copySlot = s; copyTurn = t
		:: true
		fi;
none:		atomic { p = 0; q = 0; s = 0; t = 0; seen = 0 }
	:: copyOf != 0 ->
		move();
		seen = load(on, hazard(copySlot));
		if
		:: seen == copyOf ->
			seen = load(on, turn(copySlot));
			assert(seen != copyTurn)
		:: else
		fi;
		atomic { copyOf = 0; copySlot = 0; copyTurn = 0; seen = 0 }
	od
}

proctype Updater() {
	byte where, what;
	bool found[PS];
	if
	:: source = 2 // [unlink]
	:: source = 0
	fi;
#ifndef NO_FENCE
	heavy();
#endif
	found[0] = word[hazard(0)] == 1; // [look]
	found[1] = word[hazard(1)] == 1;
	!(found[0] && word[hazard(0)] == 1); // the guard is the glances
	!(found[1] && word[hazard(1)] == 1);
	reclaimed = true
}

init {
	atomic {
		run Updater();
		run User(0); run User(1);
		run StoreBuffer(0); run StoreBuffer(1)
	}
}
