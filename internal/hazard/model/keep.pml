// This file models an object that a reader finds in a read section of rcu and
// keeps with a hazard pointer. The processors delay stores (x86-TSO).
//
//	here                  Go
//	Reader                ReadLock, Keep, ReadUnlock; Guard.Release
//	inside                Reader.word of rcu, of one epoch
//	slot                  Slot.Hazard
//	Updater               the user's unlinking; the grace period, rcu's
//	                      holdsUp; then Retire, fence.Heavy, the look, later
//	                      looks; the release
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// A reader's stores are plain. They go through the FIFO of its thread. The FIFO
// drains at any time. Heavy drains the FIFOs one after the other. Each
// statement is one step, unless it is inside atomic.
//
// A section that begins after the unlinking finds the next object. So the grace
// period waits for the sections that are under way at its look. At a later look
// it may see another section, which it need not tell from these. So a section
// has no epoch here.
//
// The property is an assertion: the object is not released before its last use.
// The last use comes long after the section.
//
// The model leaves out epochs and nested sections (rcu.pml), the claim of a
// slot (guardslot.pml), and the notification (notify.pml).
//
// run: gcc -DSAFETY
// mutant NO_GRACE: the object is retired without a grace period
//	-> !(((p==1)&&released))
// mutant GRACE_UNFENCED: the grace period looks without Heavy
//	-> !(((p==1)&&released))
// mutant KEPT_LATE: the hazard is published after the section
//	-> !(((p==1)&&released))
// mutant UNLOOKED: the pass does not look at the slot -> !(((p==1)&&released))

#define READERS 2
#define ROUNDS  2
#define DELAYED 2 /* length of a FIFO; a reader waits while it is full */

#define SLOT   0
#define INSIDE 1

byte source = 1; // first object 1, then another one
byte slot[READERS];
byte inside[READERS];
bool released; // object 1 has been released

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[READERS] = [DELAYED] of { bit, byte }

inline apply(t) {
	if
	:: where == SLOT -> slot[t] = what
	:: where == INSIDE -> inside[t] = what
	fi;
	where = 0; what = 0
}

inline drain(t) {
	do
	:: delayed[t]?where,what -> apply(t)
	:: empty(delayed[t]) -> break
	od
}

proctype StoreBuffer(byte t) {
	bit where;
	byte what;
end:	do
	:: atomic { delayed[t]?where,what -> apply(t) }
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

proctype Reader(byte me) {
	byte p, rounds;
	do
	:: rounds < ROUNDS ->
		rounds++;
		delayed[me]!INSIDE,1;
		p = source;
#ifdef KEPT_LATE
		delayed[me]!INSIDE,0;
		delayed[me]!SLOT,p;
#else
		delayed[me]!SLOT,p; // [publish]
		delayed[me]!INSIDE,0;
#endif
		assert(!(p == 1 && released));
		delayed[me]!SLOT,0; // [clear]
		p = 0
	:: rounds == ROUNDS -> break
	od
}

proctype Updater() {
	bit where;
	byte what;
	bool found[READERS];
	source = 2; // [unlink]
#ifndef NO_GRACE
#ifndef GRACE_UNFENCED
	heavy();
#endif
endgrace:	!inside[0];
endgrace1:	!inside[1];
#endif
	heavy();
#ifndef UNLOOKED
	found[0] = slot[0] == 1;
	found[1] = slot[1] == 1;
endheld:	!(found[0] && slot[0] == 1);
endheld1:	!(found[1] && slot[1] == 1);
#endif
	released = true
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1);
		run Reader(0); run Reader(1);
		run Updater()
	};
	timeout -> assert(released)
}
