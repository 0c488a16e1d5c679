// Holders that are forgotten, and a cleanup that takes their slots back, on
// processors that delay stores (x86-TSO).
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
// A Holder's stores to its slot are plain: they go through the FIFO of the
// reader's thread, which drains at any time. Heavy drains the FIFOs one after
// the other. To open or close a slot takes a lock, by which the FIFO of the
// thread that does it drains. Each statement is one step, unless it stands in
// atomic.
//
// The collector may find a Holder unreachable as soon as its last use is over.
// The last use is at the end of Protect, which has a KeepAlive there. In Clear,
// which has none, it is at the beginning: the load of the slot's address.
// Clear's store of zero may come when the cleanup is done with the slot. So the
// cleanup closes a slot for good: it is spent.
//
// Properties, as assertions: the object is not released before its last use. A
// reader stores to a slot only while that is its Holder's; Clear may store zero
// to a spent one. In the end each slot is closed, but for those in which the
// cleanup has seen an address. A slot whose Clear is late is one of them: it
// stays open, and may be empty.
//
// Left out: several objects (protect.pml); the notification (notify.pml);
// segments that are added; Set and TryProtect.
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
#define HOLDERS 2 /* of all readers */
#define METHODS 3 /* calls of Protect and Clear, of all readers */
#define DELAYED 2 /* stores in a FIFO; a reader waits while it is full */

#define CLOSED  0
#define SPENT   3 /* no reader's number */

byte source = 1; // the object, then another
byte slot[SLOTS];
bool marked[SLOTS];
byte holder[SLOTS]; // the reader, from 1, whose Holder has the slot; or CLOSED
bool kept[SLOTS];   // the cleanup has seen an address there

// Where, and what is stored there, the oldest first.
chan delayed[READERS] = [DELAYED] of { byte, byte }

chan unreachable = [HOLDERS] of { byte }; // the Holders' slots

byte holders, methods = METHODS;
bool reclaimed; // object 1

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
#ifndef OPENED_AGAIN // which breaks this first, and then more
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

// over comes where a method needs the Holder no more. The Holder is forgotten
// there, or not.
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
		:: p != 0 -> kept[s] = true // it protects, or Clear is late
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
