// This file models Holders that are forgotten, and the cleanup that takes their
// slots back. The processors delay stores (x86-TSO).
//
//	here                  Go
//	Reader                NewHolder, Protect, Clear, Close; and a use of
//	                      what Protect has returned
//	open                  holderSlots.open, take
//	over                  the KeepAlive at the end of a method
//	Cleanup               leakedSlots.settle
//	close                 holderSlots.close
//	Updater               the user's unlinking, fence.Heavy,
//	                      holderSlots.look, later looks; the release
//	slot, marked          Slot.Hazard, holderSegment.open
//	SPENT                 holderSegment.spent
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// A Holder's stores to its slot are plain. They go through the FIFO of the
// reader's thread. The FIFO drains at any time. Heavy drains the FIFOs one
// after the other. A goroutine takes a lock to open or close a slot. The lock
// drains the FIFO of the goroutine's thread. Each statement is one step, unless
// it is inside atomic.
//
// The collector may find a Holder unreachable as soon as its last use is over.
// Protect has a KeepAlive at its end, and the last use is there. Clear has no
// KeepAlive. Its last use of the Holder is at its beginning: the load of the
// slot's address. Clear's store of zero may come after the cleanup is done with
// the slot. So the cleanup closes a slot for good: the slot is spent.
//
// The properties are assertions:
//   - The object is not released before its last use.
//   - A reader stores to a slot only while the slot is its Holder's. Clear may
//     also store zero to a spent slot.
//   - In the end each slot is closed, except the slots in which the cleanup has
//     seen an address. A slot whose Clear is late is one of these: it stays
//     open, and may be empty.
//
// The model leaves out several objects (protect.pml), the notification
// (notify.pml), segments that are added, Set and TryProtect.
//
// run: gcc -DSAFETY
// mutant OPENED_AGAIN: the cleanup closes as Close does -> !(reclaimed)
// mutant NO_KEEPALIVE: Protect needs no Holder at its end -> holder[s]==(me+1)
// mutant CLEARS: the cleanup makes the slot zero and closes it -> !(reclaimed)
// mutant TAKES_HELD: the cleanup closes a slot that is not zero -> !(reclaimed)
// mutant LOOKS_UNFENCED: the cleanup looks without Heavy -> !(reclaimed)
// mutant CLEANS_CLOSED: Close does not stop the cleanup -> holder[s]==(me+1)
// mutant CLOSE_FIRST: Close gives back a slot in use -> holder[s]==(me+1)
// mutant MARK_LATE: the mark is set after the first Protect -> !(reclaimed)
// mutant NO_FENCE: the updater looks without Heavy -> !(reclaimed)
// mutant FORGET_SLOT: the cleanup leaves a slot open that is zero -> marked[0]

#define READERS 2
#define SLOTS   2
#define HOLDERS 2 /* of all readers together */
#define METHODS 3 /* calls of Protect and Clear by all readers together */
#define DELAYED 2 /* length of a FIFO; a reader waits while it is full */

#define CLOSED  0
#define SPENT   3 /* no reader has this number */

byte source = 1; // first object 1, then another one
byte slot[SLOTS];
bool marked[SLOTS];
// holder is the number, from 1, of the reader whose Holder has the slot. It is
// CLOSED or SPENT if there is none.
byte holder[SLOTS];
bool kept[SLOTS]; // the cleanup has seen an address in the slot

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[READERS] = [DELAYED] of { byte, byte }

chan unreachable = [HOLDERS] of { byte }; // the slots of unreachable Holders

byte holders, methods = METHODS;
bool reclaimed; // object 1 has been reclaimed

inline drain(r) {
	do
	:: delayed[r]?where,what -> slot[where] = what
	:: empty(delayed[r]) -> break
	od;
	where = 0; what = 0
}

proctype StoreBuffer(byte r) {
	byte where, what;
end:	do
	:: atomic { delayed[r]?where,what -> slot[where] = what; where = 0; what = 0 }
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

inline store(p) {
	atomic {
		assert(holder[s] == me + 1);
		delayed[me]!s,p
	}
}

inline storeZero() {
	atomic {
#ifndef OPENED_AGAIN // it breaks this assertion first, and then more
		assert(holder[s] == me + 1 || holder[s] == SPENT);
#endif
		delayed[me]!s,0
	}
}

// open finds the lowest closed slot.
inline open() {
	atomic {
		holders < HOLDERS && (!holder[0] || !holder[1]) ->
		drain(me);
		holders++;
		s = (holder[0] -> 1 : 0);
		holder[s] = me + 1;
#ifndef MARK_LATE
		marked[s] = true // [marked]
#endif
	}
}

inline close(s, to) { atomic { marked[s] = false; holder[s] = to } }

// over stands where a method no longer needs the Holder. There the Holder is
// forgotten, or not.
inline over() {
	if
	:: forgotten = true; unreachable!s
	:: skip
	fi
}

proctype Reader(byte me) {
	byte s, p, where, what;
	bool forgotten;
end:	do
	:: open();
		do
		:: atomic { !forgotten && methods > 0 -> methods-- };
			// Protect
#ifdef NO_KEEPALIVE
			over();
#endif
again:			p = source;
			store(p); // [publish]
			if
			:: source == p // [validate]
			:: source != p -> goto again
			fi;
#ifdef MARK_LATE
			marked[s] = true;
#endif
#ifndef NO_KEEPALIVE
			over();
#endif
			if
			:: p == 1 -> assert(!reclaimed) // the last use
			:: else
			fi;
			p = 0
		:: atomic { !forgotten && methods > 0 -> methods-- };
			// Clear
			over();
			storeZero()
		:: !forgotten ->
			// Close
#ifdef CLOSE_FIRST
			atomic { drain(me); close(s, CLOSED) };
			store(0);
#else
			store(0);
			atomic { drain(me); close(s, CLOSED) };
#endif
#ifdef CLEANS_CLOSED
			unreachable!s;
#endif
			break
		:: forgotten -> break
		od;
		atomic { forgotten = false; s = 0 }
	od
}

proctype Cleanup() {
	byte s, p, where, what;
end:	do
	:: unreachable?s;
#ifndef LOOKS_UNFENCED
		heavy();
#endif
		p = slot[s];
#ifdef CLEARS
		slot[s] = 0;
		p = 0;
#endif
		if
#if defined(TAKES_HELD)
		:: true -> close(s, SPENT)
#elif defined(FORGET_SLOT)
		:: p == 0
#elif defined(OPENED_AGAIN)
		:: p == 0 -> close(s, CLOSED)
#else
		:: p == 0 -> close(s, SPENT)
#endif
		:: p != 0 -> kept[s] = true // the slot protects, or its Clear is late
		fi;
		atomic { s = 0; p = 0 }
	od
}

inline look(s) {
	if
	:: marked[s] -> found[s] = slot[s] == 1
	:: !marked[s]
	fi
}

proctype Updater() {
	byte where, what;
	bool found[SLOTS];
	source = 2; // [unlink]
#ifndef NO_FENCE
	heavy();
#endif
	look(0);
	look(1);
endheld:	!(found[0] && slot[0] == 1);
endheld1:	!(found[1] && slot[1] == 1);
	reclaimed = true
}

init {
	atomic {
		run Updater();
		run StoreBuffer(0); run StoreBuffer(1);
		run Reader(0); run Reader(1);
		run Cleanup()
	};
	timeout -> assert((!marked[0] || kept[0]) && (!marked[1] || kept[1]))
}
