// This file models Guards that share a protection. The processors delay stores
// (x86-TSO).
//
//	here                  Go
//	Acquirer              Acquire, Guard.Share, Guard.Release of the owner
//	Sharer                Share of a Guard that it was given; Release of both
//	leave                 the end of GuardSlot.releaseShared
//	slot[0]               the owner's Hazard; slot[1] and slot[2] are shares'
//	marked, others        turnShared in Turn; GuardSlot.others
//	OWNER                 the owner's address, in the slot of a share
//	Updater               the user's unlinking, fence.Heavy, guardSlots.look,
//	                      later looks; the release
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// Stores to slots are plain. They go through the FIFO of the thread. The FIFO
// drains at any time. Heavy drains the FIFOs one after the other. An addition
// to others, the mark and the hand-over of a Guard are locked: the FIFO of the
// thread drains first. Each statement is one step, unless it is inside atomic.
//
// The acquired Guard and the two shares are released in any order. The slots
// are used again for the next object.
//
// The properties are assertions:
//   - The object is not released before its last use, by any of the Guards.
//   - In the end the object is released, and all slots are free.
//
// The model leaves out turns, which tell a Guard from a copy of a released
// Guard. It also leaves out the claim of a slot (guardslot.pml) and the
// notification (notify.pml).
//
// run: gcc -DSAFETY
// mutant UNCOUNTED: a share is not counted -> !(((p==1)&&released))
// mutant UNMARKED: the owner does not know that it was shared
//	-> !(((p==1)&&released))
// mutant COPIED: a share publishes the object in its own slot
//	-> !(((p==1)&&released))
// mutant FIRST_CLEARS: the first Guard that leaves clears the owner's slot
//	-> !(((p==1)&&released))
// mutant NONE_CLEARS: the last Guard that leaves is not told from the others
//	-> released
// mutant NO_FENCE: the updater looks without Heavy -> !(((p==1)&&released))

#define ROUNDS  2
#define SLOTS   3
#define DELAYED 2 /* length of a FIFO; a thread waits while it is full */
#define OWNER   9

byte source = 1; // first object 1, then another one
byte slot[SLOTS];
bool marked;
short others;
bool released; // object 1 has been released

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[2] = [DELAYED] of { byte, byte }

chan given = [1] of { byte }; // a share of this object, in slot[1]

inline drain(t) {
	do
	:: delayed[t]?where,what -> slot[where] = what
	:: empty(delayed[t]) -> break
	od;
	where = 0; what = 0
}

proctype StoreBuffer(bit t) {
	byte where, what;
end:	do
	:: atomic { delayed[t]?where,what -> slot[where] = what; where = 0; what = 0 }
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

inline use() { assert(!(p == 1 && released)) }

inline leave() {
	atomic {
		drain(me);
		others--;
#if defined(FIRST_CLEARS)
		last = true
#elif defined(NONE_CLEARS)
		last = false
#else
		last = others == -1
#endif
		;
		if
		:: others == -1 -> others = 0
		:: else
		fi
	};
	if
	:: last -> delayed[me]!0,0 // [clear]
	:: !last
	fi;
	last = false
}

// share counts a share and publishes it in a slot.
inline share(at) {
#ifdef COPIED
	delayed[me]!at,p
#else
#ifndef UNCOUNTED
	atomic { drain(me); others++ };
#endif
	delayed[me]!at,OWNER
#endif
}

inline unshare(at) {
	delayed[me]!at,0;
#ifndef COPIED
	leave()
#endif
}

proctype Acquirer() {
	byte me, p, rounds, where, what;
	bool last;
	do
	:: rounds < ROUNDS ->
		rounds++;
		atomic { slot[0] == 0 && slot[1] == 0 && slot[2] == 0 && empty(delayed[0]) && empty(delayed[1]) && others == 0 -> marked = false };
again:		p = source;
		delayed[me]!0,p; // [publish]
		if
		:: source == p // [validate]
		:: source != p -> goto again
		fi;
		if
		:: true ->
#if !defined(UNMARKED) && !defined(COPIED)
			atomic { drain(me); marked = true };
#endif
			share(1);
			atomic { drain(me); given!p }
		:: true
		fi;
		use();
		if
		:: marked -> leave()
		:: !marked -> delayed[me]!0,0 // [clear]
		fi;
		p = 0
	:: rounds == ROUNDS -> break
	od
}

proctype Sharer() {
	byte me = 1, p, at, where, what;
	bool last, first, second;
end:	do
	:: given?p ->
		first = true;
		if
		:: true -> share(2); second = true
		:: true
		fi;
		do
		:: atomic { first -> first = false; at = 1 };
release:		use();
			unshare(at)
		:: atomic { second -> second = false; at = 2 };
			goto release
		:: !first && !second -> break
		od;
		atomic { p = 0; at = 0 }
	od
}

proctype Updater() {
	byte where, what;
	bool found[SLOTS];
	source = 2; // [unlink]
#ifndef NO_FENCE
	heavy();
#endif
	found[0] = slot[0] == 1;
	found[1] = slot[1] == 1;
	found[2] = slot[2] == 1;
endheld:	!(found[0] && slot[0] == 1);
endheld1:	!(found[1] && slot[1] == 1);
endheld2:	!(found[2] && slot[2] == 1);
	released = true
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1);
		run Acquirer(); run Sharer();
		run Updater()
	};
	timeout -> assert(released && slot[0] == 0 && slot[1] == 0 && slot[2] == 0)
}
