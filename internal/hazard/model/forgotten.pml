// Holders that are forgotten, and a cleanup that takes their slots back, on processors that delay stores (x86-TSO).
//
//	here                Go
//	Reader              NewHolder, Protect, Clear, Close; and a use of what Protect returned
//	open                holderSlots.open, take
//	over                the KeepAlive at the end of a method, if that was the last use of the Holder
//	Cleanup             the garbage collector, which finds the Holder unreachable; leakedSlots
//	close               holderSlots.close
//	Updater             the user's unlinking, fence.Heavy, holderSlots.look; then the glances and the reclaim function
//	slot, marked        HolderSlot.Hazard, holderSegment.open
//	StoreBuffer, heavy  the processor, fence.Heavy
//
// A Holder's stores to its slot are plain: they go through the FIFO of the reader's thread, which drains at any time. Heavy drains the FIFOs one after the other. To open or
// close a slot takes a lock, by which the FIFO of who does it drains. Each statement is one step, unless it stands in atomic.
//
// A Holder may be found unreachable as soon as its last use is over. For that the collector has stopped the reader's goroutine after that use, and what it had stored is
// visible; so it is in Go, whose collector looks at a stack while its goroutine stands still.
//
// Properties: the reclaim function has not been called when a reader uses the object for the last time; nobody stores to a slot that is not his Holder's (assertions in Reader).
// In the end every slot is closed but those that hold an address (the assertion in init).
//
// Left out: several objects (protect.pml); segments that are added; Set and TryProtect.
//
// run: gcc -DSAFETY
// mutant NO_KEEPALIVE: a Holder's last use is the load of its slot's address at the beginning of its last method -> holder[s]==(me+1)
// mutant CLEARS: the cleanup makes the slot zero and takes it back -> !(reclaimed)
// mutant TAKES_HELD: the cleanup takes back a slot that is not zero -> !(reclaimed)
// mutant NOT_STOPPED: the cleanup finds the Holder unreachable while what it stored is delayed -> !(reclaimed)
// mutant CLEANS_CLOSED: Close does not stop the cleanup -> holder[s]==(me+1)
// mutant CLOSE_FIRST: Close gives the slot back before it is zero -> holder[s]==(me+1)
// mutant MARK_LATE: the mark is set after the Holder's first Protect -> !(reclaimed)
// mutant NO_FENCE: the look comes without Heavy -> !(reclaimed)
// mutant FORGET_SLOT: the cleanup leaves a slot open that is zero -> marked[0]

#define READERS 2
#define SLOTS   2
#define HOLDERS 2 /* of all readers */
#define METHODS 3 /* calls of Protect and Clear, of all readers */
#define DELAYED 2 /* stores in a FIFO; a reader whose FIFO is full waits */

byte source = 1; // the object, then another
byte slot[SLOTS];
bool marked[SLOTS];
byte holder[SLOTS]; // whose Holder has the slot; 0: nobody's, it is closed
chan delayed[READERS] = [DELAYED] of { byte, byte } // where, and what is stored there, the oldest first
chan unreachable = [HOLDERS] of { byte, byte };     // a Holder's slot, and the reader that had it

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

inline close(s) { atomic { marked[s] = false; holder[s] = 0 } }

// began and ended stand at the beginning and the end of a method. The Holder is forgotten there, or not.
#ifdef NO_KEEPALIVE
inline began() {
	if
	:: forgotten = true; unreachable!s,me
	:: skip
	fi
}
#define ended() skip
#else
#define began() skip
inline ended() {
	if
	:: forgotten = true; unreachable!s,me
	:: skip
	fi
}
#endif

proctype Reader(byte me) {
	byte s, p, where, what;
	bool forgotten;
end:	do
	:: open();
		do
		:: atomic { !forgotten && methods > 0 -> methods-- };
			began();
			// Protect
again:			p = source;
			store(p); // [publish]
			if
			:: source == p // [validate]
			:: source != p -> goto again
			fi;
#ifdef MARK_LATE
			marked[s] = true;
#endif
			ended();
			if
			:: p == 1 -> assert(!reclaimed) // the last use
			:: else
			fi;
			p = 0
		:: atomic { !forgotten && methods > 0 -> methods-- };
			began();
			store(0); // Clear
			ended()
		:: !forgotten ->
			// Close
#ifdef CLOSE_FIRST
			atomic { drain(me); marked[s] = false; holder[s] = 0 };
			store(0);
#else
			store(0);
			atomic { drain(me); marked[s] = false; holder[s] = 0 };
#endif
#ifdef CLEANS_CLOSED
			unreachable!s,me;
#endif
			break
		:: forgotten -> break
		od;
		atomic { forgotten = false; s = 0 }
	od
}

proctype Cleanup() {
	byte s, r, p, where, what;
end:	do
	:: atomic { unreachable?s,r;
#ifndef NOT_STOPPED
			drain(r);
#endif
			r = 0 };
		p = slot[s];
#ifdef CLEARS
		slot[s] = 0;
		p = 0;
#endif
		if
#ifdef TAKES_HELD
		:: true -> close(s)
#else
#ifdef FORGET_SLOT
		:: p == 0
#else
		:: p == 0 -> close(s)
#endif
		:: p != 0 // it keeps protecting
#endif
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
#ifndef NOT_STOPPED // which breaks this, too
	timeout -> assert((!marked[0] || slot[0]) && (!marked[1] || slot[1]))
#endif
}
