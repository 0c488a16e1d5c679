// This file models Holders that protect, and a scanner that finds out what they
// protect. The processors delay stores (x86-TSO).
//
//	here                Go
//	Reader: Protect     Holder.Protect, and TryProtect, which gives up
//	Reader: Clear       Holder.Clear
//	Updater             the user's unlinking, Retire, queue.put
//	Scanner             pass.make: beginRound, fence.Heavy, Look.All, divide;
//	                    the reclaim function
//	glance              keeping.look and parking.Left, of the slots that are
//	                    watched
//	slot, tail          Slot.Hazard, queue.tail
//	held                keeping.kept and holding: for each object, the slots
//	                    that held it at the last look
//	StoreBuffer, heavy  the processor, fence.Heavy
//
// The readers' stores to slots and the updater's stores to tail go through the
// FIFO of their thread. The FIFO drains at any time. Heavy drains the FIFOs one
// after the other. [unlink] is a swap. It drains its thread's FIFO and is
// visible at once. Each statement is one step, unless it is inside atomic.
//
// Objects are numbered, from 1, in the order in which they are linked. They are
// retired in that order, too. A reader has one slot and protects now and then.
// It may use the object that it protects until Clear or the next Protect.
//
// The model has two properties:
//   - The reclaim function of an object has not been called when a reader uses
//     the object for the last time (the assertion).
//   - Every retired object is reclaimed in the end. Otherwise there is an
//     invalid end state, with the scanner waiting. For this, a reader may keep
//     no object for ever except the one that stays linked.
//
// The model leaves out how the scanner falls asleep (wakeup.pml), what becomes
// of the entries (handover.pml), and a slot's mark (forgotten.pml). It also
// leaves out Set, which leaves the validation to its caller.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: the scanner looks without Heavy -> !(reclaimed[p])
// mutant LOOK_FIRST: Heavy comes after the look -> !(reclaimed[p])
// mutant FENCE_FIRST: Heavy comes before the tail is read, so an object may be
//	unlinked after it -> !(reclaimed[p])
// mutant OLD_LOOK: the scanner looks up the objects that it takes in the last
//	pass's look -> !(reclaimed[p])
// mutant SKIP: a look leaves a slot out -> !(reclaimed[p])
// mutant NO_VALIDATE: Protect does not load the source again -> !(reclaimed[p])
// mutant VALIDATE_FIRST: Protect loads the source again before it publishes
//	-> !(reclaimed[p])
// mutant COPY: a reader copies its protection to another slot, and goes on with
//	that -> !(reclaimed[p])
// mutant CLEAR_FIRST: a reader clears its slot before it uses the object for
//	the last time -> !(reclaimed[p])
// mutant RETIRE_FIRST: the updater retires an object before it unlinks it
//	-> !(reclaimed[p])
// mutant LINK_AGAIN: the updater links an object again that it has retired
//	-> !(reclaimed[p])
// mutant ANY_ADDRESS: glance takes a slot that has another address by now for
//	one that still holds the object -> invalid end state

#define READERS 2
#define READS   2 /* of all readers together */
#define UPDATES 2
#define LAST    (UPDATES + 1) /* the object that stays linked */
#define DELAYED 2 /* length of a FIFO; a thread waits while it is full */

#ifdef COPY
#define SLOTS   (2*READERS)
#else
#define SLOTS   READERS
#endif
#define UPDATER READERS /* the number of its FIFO */
#define TAIL    SLOTS   /* the tail's place in a FIFO's entries */

byte source = 1;
byte slot[SLOTS];
byte tail;

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[READERS + 1] = [DELAYED] of { byte, byte }

byte reads = READS;
bool reclaimed[LAST + 1];

inline drain(t) {
	do
	:: delayed[t]?where,what -> slot[where] = what
	:: empty(delayed[t]) -> break
	od;
	where = 0; what = 0
}

inline drainTail() {
	do
	:: delayed[UPDATER]?_,tail
	:: empty(delayed[UPDATER]) -> break
	od
}

proctype StoreBuffer(byte t) {
	byte where, what;
end:	do
	:: atomic { delayed[t]?where,what ->
		if
		:: where == TAIL -> tail = what
		:: else -> slot[where] = what
		fi;
		where = 0; what = 0 }
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) };
	atomic { drainTail() }
}

proctype Reader(byte me) {
	byte p;
end:	do
	:: atomic { reads > 0 -> reads-- };
		// Protect
again:		p = source;
#ifndef VALIDATE_FIRST
		delayed[me]!me,p; // [publish]
#endif
		if
#ifdef NO_VALIDATE
		:: skip
#else
		:: source == p // [validate]
		:: source != p -> goto again
		:: atomic { source != p -> p = 0 }; // TryProtect
			delayed[me]!me,0;
			goto end
#endif
		fi;
#ifdef VALIDATE_FIRST
		delayed[me]!me,p;
#endif
#ifdef COPY
		delayed[me]!READERS + me,p;
		delayed[me]!me,0;
#endif
#ifdef CLEAR_FIRST
		delayed[me]!me,0;
#endif
		atomic { assert(!reclaimed[p]); // the last use
			if
			:: p == LAST -> p = 0; goto end // it is kept until the next Protect
			:: p = 0
			fi };
#ifdef COPY
		delayed[me]!READERS + me,0
#else
		delayed[me]!me,0 // Clear
#endif
	od
}

proctype Updater() {
	byte old;
	do
	:: old < UPDATES ->
		old++;
#ifdef RETIRE_FIRST
		delayed[UPDATER]!TAIL,old;
#endif
		atomic { drainTail();
#ifdef LINK_AGAIN
			source = (old == 1 -> 2 : 1)
#else
			source = old + 1 // [unlink]
#endif
		};
#ifndef RETIRE_FIRST
		delayed[UPDATER]!TAIL,old // [append]
#endif
	:: else -> break
	od
}

#define bit(s)       (1 << (s))
#define holds(s, o)  (slot[s] == (o))
#ifdef ANY_ADDRESS
#define still(s, o)  ((held[o] & bit(s)) && slot[s] != 0)
#else
#define still(s, o)  ((held[o] & bit(s)) && holds(s, o))
#endif
#define changed(s, o) ((held[o] & bit(s)) && !still(s, o))
#ifdef COPY
#define anyChanged(o) (changed(0, o) || changed(1, o) || changed(2, o) || changed(3, o))
#else
#define anyChanged(o) (changed(0, o) || changed(1, o))
#endif

// glance reads again the slots that held o.
inline glance(o) {
	s = 0;
	do
	:: s < SLOTS ->
		if
		:: changed(s, o) -> // [look]
			held[o] = held[o] & ~bit(s);
			if
			:: held[o] == 0 -> reclaimed[o] = true
			:: else
			fi
		:: !changed(s, o)
		fi;
		s++
	:: else -> s = 0; break
	od
}

inline look() {
	s = 0;
	do
	:: s < SLOTS ->
#ifdef SKIP
		if
		:: s == 1 -> skip
		:: else -> found[s] = slot[s]
		fi;
#else
		found[s] = slot[s]; // [look]
#endif
		s++
	:: else -> s = 0; break
	od
}

proctype Scanner() {
	byte consumed, goal, o, s, where, what;
	byte found[SLOTS], held[LAST + 1];
	do
	:: consumed < UPDATES || held[1] || held[2] ->
		// This guard is the wait. It ends when there is something to do.
		tail > consumed || anyChanged(1) || anyChanged(2);
#ifdef FENCE_FIRST
		heavy();
#endif
		goal = tail; // pairs with [append]
		glance(1);
		glance(2);
		if
		:: goal > consumed ->
#ifdef LOOK_FIRST
			look();
#endif
#if !defined(NO_FENCE) && !defined(FENCE_FIRST)
			heavy();
#endif
#ifdef OLD_LOOK
			if
			:: consumed == 0 -> look()
			:: else
			fi;
#elif !defined(LOOK_FIRST)
			look();
#endif
			atomic { do
			:: consumed < goal ->
				consumed++;
				s = 0;
				do
				:: s < SLOTS ->
					if
					:: found[s] == consumed -> held[consumed] = held[consumed] | bit(s)
					:: else
					fi;
					s++
				:: else -> s = 0; break
				od;
				reclaimed[consumed] = held[consumed] == 0
			:: else -> break
			od;
#ifndef OLD_LOOK
			s = 0;
			do
			:: s < SLOTS -> found[s] = 0; s++
			:: else -> s = 0; break
			od;
#endif
			goal = 0 }
		:: else -> goal = 0
		fi
	:: else -> break
	od
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1); run StoreBuffer(UPDATER);
		run Reader(0); run Reader(1);
		run Updater();
		run Scanner()
	}
}
