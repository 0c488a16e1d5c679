// This file models Guards' slots. Goroutines claim a slot on their P and give
// it back from anywhere. The processors delay stores (x86-TSO).
//
//	here                Go
//	User: Acquire       Acquire, guardSlots.claim, guardGroup.take
//	User: Release       Guard.Release; and Release of a copy of a Guard that
//	                    has been released
//	pin, unpin          perproc.Pin, Unpin
//	move                the scheduler takes the goroutine from one P to the
//	                    other
//	Updater             the user's unlinking, fence.Heavy, guardSlots.look;
//	                    then the glances and the reclaim function
//	hazard, turn        the fields of GuardSlot
//	StoreBuffer, heavy  the processor that runs the P, fence.Heavy
//
// A goroutine's stores go through the FIFO of its P's processor. The FIFO
// drains at any time. A load comes from the FIFO, if the word is there. A
// goroutine that is moved drains the FIFO of the P that it leaves, as the
// scheduler's hand-over does. Heavy drains the FIFOs one after the other. Each
// statement is one step, unless it is inside atomic.
//
// Each P has one slot. A goroutine that finds the slot taken tries again.
// Goroutines of a P that are not pinned take turns at any step. A user may keep
// a copy of a Guard that it has released, and release the copy later.
//
// The properties are assertions:
//   - A goroutine claims a slot only if the slot has no owner.
//   - The reclaim function has not been called when the object is used for the
//     last time.
//   - The Release of a Guard does not panic, because the slot has what was
//     published in it (seen == p, seen == t).
//   - The Release of a copy of a released Guard panics (seen != copyTurn).
//
// The model leaves out groups that are closed (guardgroup.pml), the search for
// a free slot, segments that are added, and turns that wrap. It also leaves out
// two goroutines that release copies at the same time: nothing is promised for
// these.
//
// run: gcc -DSAFETY
// mutant NO_PIN: a goroutine that is not pinned claims a slot -> seen==p
// mutant SEEN_FREE: a goroutine pins itself to see that the slot is free, and
//	again, perhaps on another P, to claim it -> seen==p
// mutant OTHERS: a goroutine that is pinned to one P claims the other P's slot
//	-> !(owned[s])
// mutant FREE_AGAIN: after a failed validation a goroutine makes the slot zero,
//	and publishes in it again -> seen==p
// mutant NO_TURN: turn does not count -> seen!=copyTurn
// mutant TURN_LATE: turn is stored after [publish] -> seen!=copyTurn
// mutant CHECK_LATE: Release looks at turn after it has stored zero -> seen==t
// mutant RELEASE_FIRST: Release comes before the last use -> !(reclaimed)
// mutant NO_VALIDATE: Acquire does not load the source again -> !(reclaimed)
// mutant NO_FENCE: the updater looks without Heavy -> !(reclaimed)
// mutant UNORDERED: a goroutine is moved, and its stores stay delayed
//	-> seen==p

#define PS       2
#define USERS    2
#define ACQUIRES 2 /* of all users together */
#define MOVES    2 /* of all users together */
#define DELAYED  3 /* length of a FIFO; a user waits while it is full */

#define hazard(s) (s)
#define turn(s)   (PS + (s))
#define WORDS     (2*PS)

byte source = 1; // first object 1, then another one, or none
byte word[WORDS];

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[PS] = [DELAYED] of { byte, byte }

// late is the number of a P's stores to a word that are delayed. latest is the
// value of the latest of them.
byte late[PS*WORDS], latest[PS*WORDS];

byte acquires = ACQUIRES, moves = MOVES;
bool pinned[PS];
bool owned[PS]; // a user has the slot, as the slot's P sees it
bool reclaimed; // object 1 has been reclaimed

#define of(p, w)   (WORDS*(p) + (w))
#define load(p, w) (late[of(p, w)] -> latest[of(p, w)] : word[w])

inline store(w, value) {
	atomic {
		nfull(delayed[on]) -> delayed[on]!w,value;
		late[of(on, w)]++;
		latest[of(on, w)] = value
	}
}

// free makes a slot zero. For the slot's own P it is free at once.
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
	// From here on the slot is free for its own P, too.
	:: where < PS && where != p && what == 0 -> owned[where] = false
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
	// A copy of a Guard that was released. There is none if copyOf is 0.
	byte copyOf, copySlot, copyTurn;
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
	!(found[0] && word[hazard(0)] == 1); // this guard stands for the glances
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
