// This file models readers, grace periods and an updater of package rcu. The
// processors delay stores (x86-TSO).
//
//	here                      Go
//	Reader: ReadLock          Reader.ReadLock, nest
//	Reader: ReadUnlock        Reader.ReadUnlock, unnest
//	word, epoch               the fields of Reader; a word here is
//	                          2*epoch + nested, or OUTSIDE
//	Updater                   the user's unlinking, then readers.GracePeriod,
//	                          then the callback that frees
//	holdsUp                   readers.holdsUp
//	StoreBuffer, heavy        the processor, fence.Heavy
//
// A reader's stores to its word are plain. They go through a FIFO. The FIFO
// drains at any time. Heavy drains the readers' FIFOs one after the other. The
// stores of the updater and of the grace period are visible at once. Each
// statement is one step, unless it is inside atomic or d_step.
//
// Safety: when a grace period has ended, no section holds an object that was
// unlinked before the grace period. A section may load the object at any time,
// once. It holds the object up to its outermost ReadUnlock. Readers read for
// ever. A reader may be held up between any two steps, for several grace
// periods.
//
// Liveness: every grace period ends, although readers enter again and again, if
// only each process that can run does so in the end (weak fairness). The wait
// is a guard. A guard that is false now and then may be passed over for ever,
// like a look that comes at the wrong time.
//
// The model leaves out NewReader, Close, and Readers that are forgotten. It
// leaves out epochs that are used again after 2^30 grace periods. It leaves out
// grace periods that are given up: the next one does all of this anew. It also
// leaves out how grace periods are shared (grace.Sequence): each begins after
// the unlinking that it is for. A nested section is one level deep.
//
// Neither property needs the epochs to be written before Heavy, as long as they
// are written after the unlinking and in the end.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: a grace period has no Heavy, so a section's [inside] may
//	still be delayed at the look -> held[r]!=old
// mutant LOOK_FIRST: Heavy comes after the looks -> held[r]!=old
// mutant LOAD_FIRST: a section loads before its [inside] -> held[r]!=old
// mutant LAST_EPOCH: a section of the last grace period's epoch is not waited
//	for -> held[r]!=old
// mutant EPOCH_EARLY: the epoch is written before the unlinking, so a section
//	that has it may find the old object -> held[r]!=old
// mutant NESTED_EPOCH: a nested ReadLock takes the current epoch and does not
//	keep the section's -> held[r]!=old
// mutant NESTED_END: a nested ReadUnlock ends the outermost section
//	-> held[r]!=old
//
// run: spin -DLIVENESS; pan -a -f
// mutant SAME_EPOCH: the epoch never changes, so only OUTSIDE will do, and a
//	reader may be inside at each look -> acceptance cycle

#ifdef LIVENESS
#define PERIODS 2
#else
#define PERIODS 3
#endif
#define READERS 2
#define DELAYED 2 /* length of a FIFO; a reader waits while it is full */

#define OUTSIDE 0
#define NESTED  1

byte word[READERS], epoch[READERS] = 1;

// Each entry is a store to word[r]. The oldest is first.
chan delayed[READERS] = [DELAYED] of { byte }

byte current = 1;   // the object that readers find
byte held[READERS]; // the object that a section has loaded, or 0
bool over;

#define store(r, value) delayed[r]!value

#ifdef LIVENESS
#define load(r) skip // it makes no difference what sections load
#else
#define load(r) held[r] = current
#endif

inline drain(r) {
	d_step {
		do
		:: delayed[r]?word[r]
		:: empty(delayed[r]) -> break
		od
	}
}

active [READERS] proctype Reader()
{
	byte r = _pid;
	byte own; // the word as ReadLock has stored it
	do
	:: // ReadLock
#ifdef LOAD_FIRST
		load(r);
#endif
		own = 2*epoch[r];
		store(r, own); // [inside]
		if
		:: held[r] == 0 -> load(r)
		:: skip // the section loads later
		fi;
		if
		:: // a nested section: nest and unnest
#ifdef NESTED_EPOCH
			own = 2*epoch[r];
#endif
			store(r, own + NESTED);
#ifdef NESTED_END
			own = OUTSIDE;
#endif
			store(r, own)
		:: skip
		fi;
		if
		:: held[r] == 0 -> load(r)
		:: else
		fi;
		// ReadUnlock
		held[r] = 0; // the section's last load comes before [outside]
		store(r, OUTSIDE) // [outside]
	od
}

active [READERS] proctype StoreBuffer()
{
	byte r = _pid - READERS;
	do
	:: delayed[r]?word[r]
	od
}

inline heavy() {
	for (r : 0 .. READERS-1) {
		drain(r)
	}
}

#if defined(SAME_EPOCH)
#define holdsUp(r) (word[r] != OUTSIDE)
#elif defined(LAST_EPOCH)
#define holdsUp(r) (word[r] != OUTSIDE && word[r]/2 < period-1)
#else
#define holdsUp(r) (word[r] != OUTSIDE && word[r]/2 != period)
#endif

inline nextEpoch() {
#ifdef SAME_EPOCH
	skip;
#else
	period++;
	for (r : 0 .. READERS-1) {
		epoch[r] = period // [epoch]
	}
#endif
}

active proctype Updater()
{
	byte r, old, period = 1;
	bool late[READERS];
	do
	:: current <= PERIODS ->
		old = current;
#ifdef EPOCH_EARLY
		nextEpoch();
		current = old + 1; // [unlink]
#else
		current = old + 1; // [unlink]
		nextEpoch();
#endif
#if !defined(NO_FENCE) && !defined(LOOK_FIRST)
		heavy();
#endif
		atomic {
			for (r : 0 .. READERS-1) {
				late[r] = true
			}
		}
		// The loop finds the late readers in any order. So would several looks
		// at all of them.
		do
		:: late[0] && !holdsUp(0) -> late[0] = false // [look]
		:: late[1] && !holdsUp(1) -> late[1] = false
		:: !late[0] && !late[1] -> break
		od;
#ifdef LOOK_FIRST
		heavy();
#endif
		atomic { // the object is freed
			for (r : 0 .. READERS-1) {
				assert(held[r] != old)
			}
			r = 0; old = 0
		}
	:: else -> break
	od;
	over = true
}

#ifdef LIVENESS
ltl gracePeriodsEnd { <> over }
#endif
