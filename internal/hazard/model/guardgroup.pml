// A group of Guards' slots that looks close when it has no hazard, on processors that delay stores (x86-TSO).
//
//	here               Go
//	User: Acquire      Acquire, guardGroup.take
//	User: Release      Guard.Release
//	Updater            the user's unlinking, fence.Heavy, guardSlots.look, the reclaim function
//	Looker             guardSlots.look of somebody else: another domain's scanner, or a Synchronize
//	close              guardGroup.close
//	slot, state        the fields of guardGroup
//	StoreBuffer, heavy the processor, fence.Heavy
//
// What users store goes through the FIFO of their thread, which drains at any time, or all at once by heavy. The compare-and-swaps of close are locked: they act on
// memory. Each statement is one step, unless it stands in atomic. Each user has one slot of the group; that a slot has one claimer at a time is not modelled.
//
// Property: the reclaim function is not called while a user has the object (the assertion).
//
// run: gcc -DSAFETY
// mutant OPEN_FIRST: a claim opens the group before it publishes -> (inside[0]==0)&&(inside[1]==0)
// mutant OPEN_NEVER: a claim does not open the group -> (inside[0]==0)&&(inside[1]==0)
// mutant CLOSE_AT_ONCE: a group that a look found free is closed without a second one -> (inside[0]==0)&&(inside[1]==0)
// mutant NO_CLOSING: the second look comes while the group is open, and nothing tells of a claim meanwhile -> (inside[0]==0)&&(inside[1]==0)
// mutant CLOSING_IS_CLOSED: looks pass a group by that is being closed -> (inside[0]==0)&&(inside[1]==0)
// mutant TWO_CLOSE: two close it at the same time, and one takes the other's mark for its own -> (inside[0]==0)&&(inside[1]==0)
// mutant NO_FENCE: the updater looks without Heavy -> (inside[0]==0)&&(inside[1]==0)

#define USERS   2
#ifdef TWO_CLOSE
#define CLAIMS  1
#define LOOKS   1
#else
#define CLAIMS  2 /* of all users */
#define LOOKS   2 /* of the Looker */
#endif
#define DELAYED 4 /* stores in a FIFO; a user whose FIFO is full waits */

#define CLOSED  0
#define OPEN    1
#define CLOSING 2
#define STATE   USERS /* the state's place in a FIFO */

byte source = 1; // the object, then another
byte slot[USERS];
byte state = OPEN;
chan delayed[USERS] = [DELAYED] of { byte, byte } // where, and what is stored there, the oldest first

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
		// The slot is free: what this user stored to it last was zero.
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
		:: n -> // unreached without a claim meanwhile
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

// look sets found if a slot holds object 1, and closes the group if none is taken.
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
		:: found -> skip // it is kept; later looks need no fence
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
