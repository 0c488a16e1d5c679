// This file models readers that end protections and notify, and a pass that
// keeps the objects that they protect. The processors delay stores (x86-TSO).
//
//	here                  Go
//	Reader                Acquire, Guard.Release; Slot.End, Replace
//	ended                 watchTable.ended, pass.Left, turn.note, pass.Serve
//	Updater               the user's unlinking, Retire
//	Pass                  pass.make: look, divide, hazard.Add, recheck
//	look, tidy            keeping.look, tidy; hazard.Remove; the hand-over
//	endTurn               pass.end, turn.end
//	slot, watched         the fields of Slot
//	watches               watchTable.of, as a set of objects
//	taken, noted          turn.taken, turn.left
//	held                  keeping.kept: the objects whose Watch waits
//	released              the reclaim function may be called
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// There is one slot. The stores to it are plain. They go through the FIFO of
// the processor. The FIFO drains at any time. A load comes from the FIFO, if
// the word is there. Heavy drains the FIFOs one after the other. A lock drains
// the FIFO of the processor that takes it. Each statement is one step, unless
// it is inside atomic. Everything that a lock guards is one step. The flag is
// visible at the latest when the lock is free again.
//
// Objects are numbered in the order in which they are linked and retired. The
// last one stays linked. The slot holds the first one from the start.
//
// The readers run on processor 0. The slot may be claimed there. A reader may
// claim it when the other reader has cleared it and has not loaded the flag
// yet. A protection may end on processor 1. For that the reader is moved, or
// its Guard is handed over, and the FIFO of processor 0 drains. When a
// validation fails, the reader publishes over the address that it has
// published, or gives up.
//
// The model has two properties:
//   - The object of a protection is not released before its last use (the
//     assertion in Reader).
//   - In the end each retired object is released (the assertion in init). No
//     object is kept that no slot holds.
//
// The second run is without delays. There both pairs, [clear] with [watched?]
// and [watch] with [recheck], are sequentially consistent. They are so on other
// architectures, which need no Heavy.
//
// The model leaves out the validation's argument and a Retire that is delayed
// (protect.pml), and the claim of a slot (guardslot.pml). It leaves out
// Holders, whose slots the pass looks at without a notification. It also leaves
// out several slots, Watchers that are no pass, and a Watch that is used again.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: no Heavy comes after [watch] -> released[1]
// mutant NO_RECHECK: the pass does not look again after [watch] -> released[1]
// mutant WATCH_LATE: [watch] comes after the second Heavy -> released[1]
// mutant CHECK_FIRST: [watched?] comes before [clear] -> released[1]
// mutant CONSUMES: the notifier takes the Watch back -> released[1]
// mutant ONE_SHOT: a noted Watch is taken back, held or not -> released[1]
// mutant FLAG_TAKEN: the flag goes with one Watch of several -> released[1]
// mutant UNSERVED: a pass ends its turn and does not serve its notes
//	-> released[1]
// mutant DROPPED: a note is dropped while the turn is taken -> released[1]
// mutant TRUSTS: a notification is believed without a look -> !(released[o])
//
// run: spin -DSEQUENTIAL; gcc -DSAFETY
// mutant NO_RECHECK: the pass does not look again after [watch] -> released[1]
// mutant RECHECK_FIRST: [recheck] comes before [watch] -> released[1]
// mutant CHECK_FIRST: [watched?] comes before [clear] -> released[1]
// mutant CONSUMES: the notifier takes the Watch back -> released[1]

#define RETIRED  2 /* objects */
#define PROTECTS 2 /* of both readers together, beside the first one */
#define DELAYED  2 /* length of a FIFO; a reader waits while it is full */

#define PASS     2 /* the pass's processor, whose FIFO stays empty */

#define bit(o) (1 << (o))

byte source = 1;
byte slot = 1;
bool watched;
byte watches;
bool taken;
byte noted;
byte held;
bool released[RETIRED + 2];

byte protects = PROTECTS;

#ifdef SEQUENTIAL
#define drain(t) skip
#define heavy()  skip
#define mayStore true
#define load(t)  slot
inline store(p) { slot = p }
#else
chan delayed[3] = [DELAYED] of { byte }; // stores to slot, the oldest first
byte latest[3];                          // the latest store; 0 if there is none

inline drain(t) {
	do
	:: delayed[t]?slot
	:: empty(delayed[t]) -> break
	od;
	latest[t] = 0
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

proctype StoreBuffer(bit t) {
end:	do
	:: atomic { delayed[t]?slot -> latest[t] = (len(delayed[t]) -> latest[t] : 0) }
	od
}

#define mayStore (nfull(delayed[on]))
#define load(t)  (len(delayed[t]) -> latest[t] : slot)
inline store(p) {
	delayed[on]!p;
	latest[on] = p
}
#endif

// look finds out, on processor t, whether the slot still holds the object.
inline look(object, t) {
	if
	:: atomic { (left & held & bit(object)) && load(t) != object ->
		held = held & ~bit(object);
		over = over | bit(object) }
	:: !(left & held & bit(object)) || load(t) == object
	fi
}

// tidy takes back the Watches that are over. It hands their objects over.
inline tidy() {
	atomic {
		watches = watches & ~over;
#ifdef FLAG_TAKEN
		watched = watched && !over;
#else
		watched = watches != 0;
#endif
		left = 0 };
	atomic {
		released[1] = released[1] || (over & bit(1));
		released[2] = released[2] || (over & bit(2));
		over = 0 }
}

inline endTurn(t) {
	do
	:: atomic { noted -> left = noted; noted = 0 };
#ifdef TRUSTS
		atomic { over = left & held; held = held & ~left };
#else
		look(1, t);
		look(2, t);
#endif
#ifdef ONE_SHOT
		watches = watches & ~left;
#endif
		tidy()
	:: atomic { !noted -> taken = false; break }
	od
}

// ended tells the pass that a protection has ended.
inline ended() {
	atomic {
		drain(on); // the lock
#ifdef DROPPED
		noted = (taken -> noted : noted | watches);
#else
		noted = noted | watches;
#endif
#ifdef CONSUMES
		watches = 0; watched = false;
#endif
		told = false
	};
	if
	:: atomic { !taken && noted -> taken = true }; endTurn(on)
	:: taken || !noted
	fi
}

proctype Reader(bit me) {
	bit on; // the processor
	byte o, left, over;
	bool told;
	if
	:: me == 0 -> o = 1; goto protected
	:: me == 1
	fi;
end:	do
	:: atomic { protects > 0 -> protects--; o = source };
		atomic { load(0) == 0 && mayStore -> store(o) }; // [publish]
again:		if
		:: source == o -> // [validate]
protected:
#ifndef SEQUENTIAL
			if
			:: atomic { drain(0); on = 1 }
			:: skip
			fi;
#endif
#ifdef CHECK_FIRST
			told = watched;
#endif
			atomic { mayStore ->
				assert(!released[o]); // its last use
				o = 0;
				store(0) } // [clear]
		:: atomic { source != o -> o = source };
#ifdef CHECK_FIRST
			told = watched;
#endif
			if
			:: atomic { mayStore -> store(o) } // [publish], [clear]
			:: atomic { mayStore -> o = 0; store(0) } // [clear]
			fi
		fi;
#ifndef CHECK_FIRST
		told = watched; // [watched?]
#endif
		if
		:: told -> ended()
		:: !told
		fi;
		if
		:: o -> goto again
		:: else
		fi;
#ifndef SEQUENTIAL
		atomic { drain(on); on = 0 }
#endif
	od
}

proctype Updater() {
	do
	:: source <= RETIRED -> source++ // [unlink], and Retire
	:: else -> break
	od
}

inline watch() {
	atomic { watches = watches | fresh; watched = true } // [watch]
}

inline recheck() {
	left = fresh;
	look(1, PASS); // [recheck]
	look(2, PASS);
	tidy()
}

proctype Pass() {
	byte consumed, goal, found, fresh, left, over;
	do
	:: consumed < RETIRED ->
		atomic { source - 1 > consumed && !taken ->
			taken = true;
			goal = source - 1 };
		heavy();
		found = slot; // [look]
		atomic { do
		:: consumed < goal ->
			consumed++;
			if
			:: found == consumed -> fresh = bit(consumed)
			:: else -> released[consumed] = true
			fi
		:: else -> break
		od;
		held = held | fresh;
		found = 0; goal = 0 };
		if
		:: fresh ->
#ifdef RECHECK_FIRST
			recheck();
			fresh = fresh & held;
#endif
#ifndef WATCH_LATE
			watch();
#endif
#ifndef NO_FENCE
			heavy();
#endif
#ifdef WATCH_LATE
			watch();
#endif
#if !defined(NO_RECHECK) && !defined(RECHECK_FIRST)
			recheck();
#endif
			fresh = 0
		:: else
		fi;
#ifdef UNSERVED
		taken = false
#else
		endTurn(PASS)
#endif
	:: else -> break
	od
}

init {
	atomic {
#ifndef SEQUENTIAL
		run StoreBuffer(0); run StoreBuffer(1);
#endif
		run Reader(0); run Reader(1);
		run Updater();
		run Pass()
	};
	timeout -> assert(released[1] && released[2])
}
