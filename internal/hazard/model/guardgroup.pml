// This file models a group of Guards' slots. A look closes the group when the
// group has no hazard. The processors delay stores (x86-TSO).
//
//	here               Go
//	User: Acquire      Acquire, guardGroup.take
//	User: Release      Guard.Release
//	Updater            the user's unlinking, fence.Heavy, guardSlots.look,
//	                   the reclaim function
//	Looker             guardSlots.look of another goroutine: another domain's
//	                   scanner, or a Synchronize
//	close              guardGroup.close
//	slot, state        the fields of guardGroup
//	StoreBuffer, heavy the processor, fence.Heavy
//
// A user's stores go through the FIFO of its thread. The FIFO drains at any
// time, and heavy drains it all at once. The compare-and-swaps of close are
// locked: they act on memory. Each statement is one step, unless it is inside
// atomic. Each user has one slot of the group. The model leaves out that a slot
// has one claimer at a time.
//
// The property is the assertion: the reclaim function is not called while a
// user has the object.
//
// run: gcc -DSAFETY
// mutant OPEN_FIRST: a claim opens the group before it publishes
//	-> (inside[0]==0)&&(inside[1]==0)
// mutant OPEN_NEVER: a claim does not open the group
//	-> (inside[0]==0)&&(inside[1]==0)
// mutant CLOSE_AT_ONCE: a look finds the group free and closes it without a
//	second look -> (inside[0]==0)&&(inside[1]==0)
// mutant NO_CLOSING: the second look comes while the group is open, and nothing
//	tells of a claim meanwhile -> (inside[0]==0)&&(inside[1]==0)
// mutant CLOSING_IS_CLOSED: looks pass by a group that is being closed
//	-> (inside[0]==0)&&(inside[1]==0)
// mutant TWO_CLOSE: two goroutines close the group at the same time, and one
//	takes the other's mark for its own -> (inside[0]==0)&&(inside[1]==0)
// mutant NO_FENCE: the updater looks without Heavy
//	-> (inside[0]==0)&&(inside[1]==0)

#define USERS   2
#ifdef TWO_CLOSE
#define CLAIMS  1
#define LOOKS   1
#else
#define CLAIMS  2 /* of all users together */
#define LOOKS   2 /* of the Looker */
#endif
#define DELAYED 4 /* length of a FIFO; a user waits while it is full */

#define CLOSED  0
#define OPEN    1
#define CLOSING 2
#define STATE   USERS /* the state's place in a FIFO's entries */

byte source = 1; // first object 1, then another one
byte slot[USERS];
byte state = OPEN;

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[USERS] = [DELAYED] of { byte, byte }

bool closer; // the mutex
byte claims = CLAIMS;
bit inside[USERS]; // the user has object 1

inline store(u, where, what) { delayed[u]!where,what }

proctype StoreBuffer(byte u) {
	byte where, what;
end:	do
	:: atomic { delayed[u]?where,what ->
		if
		:: where == STATE -> state = what
		:: else -> slot[where] = what
		fi;
		where = 0; what = 0 }
	od
}

inline heavy() {
	atomic {
		u = 0;
		do
		:: u < USERS ->
			do
			:: delayed[u]?where,what ->
				if
				:: where == STATE -> state = what
				:: else -> slot[where] = what
				fi
			:: empty(delayed[u]) -> break
			od;
			u++
		:: else -> break
		od;
		u = 0; where = 0; what = 0
	}
}

proctype User(byte me) {
	byte p;
end:	do
	:: atomic { claims > 0 -> claims-- };
		p = source;
		// The slot is free: the user's last store to it was zero.
#ifdef OPEN_FIRST
		store(me, STATE, OPEN);
		store(me, me, p);
#else
		store(me, me, p); // [publish]
#ifndef OPEN_NEVER
		store(me, STATE, OPEN); // [open]
#endif
#endif
		if
		:: atomic { source == p -> inside[me] = (p == 1) } // [validate]
		:: source != p
		fi;
		inside[me] = 0;
		store(me, me, 0);
		p = 0
	od
}

// taken sets n to 1 if a slot is taken.
inline taken() {
	n = 0; i = 0;
	do
	:: i < USERS ->
		if
		:: slot[i] != 0 -> n = 1
		:: else
		fi;
		i++
	:: else -> break
	od;
	i = 0
}

inline close() {
#ifdef NO_CLOSING
	taken();
	atomic { if
	:: n == 0 && state == OPEN -> state = CLOSED
	:: else
	fi }
#else
	if
	:: atomic { state == OPEN -> state = CLOSING }; // [closing]
#ifndef CLOSE_AT_ONCE
		taken();
#endif
		if
		:: n -> // unreached if no claim comes meanwhile
			atomic { if
			:: state == CLOSING -> state = OPEN
			:: else
			fi }
		:: else ->
			atomic { if
			:: state == CLOSING -> state = CLOSED // [closed]
			:: else
			fi }
		fi
	:: atomic { state != OPEN }
	fi
#endif
}

// look sets found if a slot holds object 1. It closes the group if no slot is
// taken.
inline look() {
	locked = 0; found = 0; n = 0;
	atomic {
#ifdef TWO_CLOSE
		locked = 1
#else
		if
		:: !closer -> closer = 1; locked = 1
		:: else
		fi
#endif
	};
	if
#ifdef CLOSING_IS_CLOSED
	:: state == OPEN ->
#else
	:: state != CLOSED ->
#endif
		i = 0;
		do
		:: i < USERS ->
			atomic {
				if
				:: slot[i] == 1 -> found = 1; n = 1
				:: slot[i] > 1 -> n = 1
				:: slot[i] == 0
				fi };
			i++
		:: else -> break
		od;
		i = 0;
		if
		:: locked && n == 0 -> close()
		:: else
		fi
#ifdef CLOSING_IS_CLOSED
	:: else
#else
	:: state == CLOSED
#endif
	fi;
	if
	:: locked -> closer = 0
	:: else
	fi;
	n = 0; locked = 0
}

proctype Updater() {
	byte u, where, what, i;
	bit found, n, locked;
	source = 2; // [unlink]
#ifndef NO_FENCE
	heavy();
#endif
	do
	:: look();
		if
		:: found -> skip // the object is kept; later looks need no fence
		:: else -> break
		fi
	od;
	assert(inside[0] == 0 && inside[1] == 0) // the reclaim function
}

proctype Looker() {
	byte i, looks = LOOKS;
	bit found, n, locked;
	do
	:: looks > 0 -> look(); looks--
	:: else -> break
	od
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1);
		run User(0); run User(1);
		run Looker();
#ifdef TWO_CLOSE
		run Looker();
#endif
		run Updater()
	}
}
