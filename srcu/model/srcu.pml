// This file models sections, grace periods and an updater of package srcu. The
// processors delay stores (x86-TSO).
//
//	here                      Go
//	P: ReadLock, ReadUnlock   Domain.ReadLock, ReadUnlock; counts.enter,
//	                          leave
//	LOCKS, UNLOCKS            the fields of counts, as other Ps see them
//	index                     readers.index
//	Updater                   the user's unlinking, then readers.GracePeriod,
//	                          then the callback that frees
//	waitFor, sum              grace.Poll of readers.inside
//	StoreBuffer, heavy        the processor, fence.Heavy
//
// The goroutine that is pinned to a P writes the P's counters with plain adds.
// An add stores the counter's own value plus one. The store goes through a FIFO
// into memory. The FIFO drains at any time. No other goroutine writes the
// counters, so a FIFO keeps only which counter was added to. Heavy drains the
// FIFOs one after the other. A grace period's stores are visible at once. Each
// statement is one step, unless it is inside atomic.
//
// ReadLock and ReadUnlock are pinned: a P does nothing else meanwhile.
// Otherwise a P turns to any section that is on it, begins another one, or
// sends one to another P. To send a section drains the P's FIFO, as the
// hand-over of a goroutine or a Token does.
//
// Safety: when a grace period has ended, no section holds an object that was
// unlinked before the grace period. A section may load the object at any time,
// once. It holds the object up to its ReadUnlock. A P may be held up between
// any two steps, also in ReadLock, for several grace periods. A grace period
// may be given up. No look finds more unlocks than locks.
//
// Liveness: every grace period ends, although sections begin and end for ever,
// if only each process that can run does so in the end (weak fairness). Here
// each reader stays on its P, and it makes no difference what sections load.
// The counters wrap at 3, so a look during which three sections begin may be
// wrong.
//
// The model leaves out Ps that come later. It also leaves out how grace periods
// are shared (grace.Sequence): each begins after the unlinking that it is for.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: a grace period has no Heavy, so a section's [lock] may still
//	be delayed at the look -> held[s]!=old
// mutant LOCKS_FIRST: a look sums locks before unlocks, so a section that comes
//	and goes meanwhile counts with its unlock alone -> held[s]!=old
// mutant ONE_WAIT: there is no wait for the idle pair before the change of
//	index, and its sections may have read the index long ago -> held[s]!=old
// mutant IDLE_ONLY: there is no wait for the other pair after the change of
//	index -> held[s]!=old
// mutant TOKEN_EARLY: a section is handed to another P without the stores of
//	its first P, so its [unlock] may be visible before its [lock]
//	-> locks>=unlocks
// mutant LOAD_FIRST: a section loads before its [lock] -> held[s]!=old
//
// run: spin -DSECTIONS=2 -DGIVEUPS=1; gcc -DSAFETY
//
// run: spin -DLIVENESS; pan -a -f
// mutant NO_FLIP: the index does not change, so new sections begin on the pair
//	that is waited for -> acceptance cycle

#define PS      2
#define PERIODS 2
#ifdef LIVENESS
#define DELAYED 1
#define WRAP    % 3
#else
#define DELAYED 2 /* length of a FIFO; a P waits while it is full */
#define WRAP
#endif
#ifndef SECTIONS
#define SECTIONS 3 /* at most */
#endif
#ifndef GIVEUPS
#define GIVEUPS 0 /* grace periods that are given up */
#endif

#define LOCKS   0
#define UNLOCKS 2
#define count(p, which) counter[4*(p) + (which)]

byte counter[4*PS]; // for each P: LOCKS and UNLOCKS of index 0 and 1
byte index;
chan delayed[PS] = [DELAYED] of { byte }

byte current = 1; // the object that sections find
bool over;

#define add(p, which) delayed[p]!which

inline drain(p) {
	do
	:: delayed[p]?which -> count(p, which) = (count(p, which) + 1) WRAP
	:: empty(delayed[p]) -> break
	od;
	which = 0
}

#ifdef LIVENESS

active [PS] proctype P()
{
	byte p = _pid, i;
	do
	:: i = index;
	   add(p, LOCKS + i); // [lock]
	   add(p, UNLOCKS + i) // [unlock]
	od
}

#else

byte begun;    // sections
byte held[3];  // the object that a section has loaded, or 0
byte on[3];    // 1 + the P that the section is on, or 0
byte token[3]; // the index that the section began under

#define loads(s) atomic { \
		on[s] == 1 + p && held[s] == 0 && current <= PERIODS -> held[s] = current \
	}
#ifdef TOKEN_EARLY
#define drainFirst
#else
#define drainFirst drain(p);
#endif
#define moves(s) atomic { \
		on[s] == 1 + p -> drainFirst \
		on[s] = 1 + (p+1) % PS \
	}
// ends is ReadUnlock. The section's last load comes before it.
#define ends(s) atomic { \
		on[s] == 1 + p && nfull(delayed[p]) -> add(p, UNLOCKS + token[s]); \
		held[s] = 0; on[s] = 0; token[s] = 0 \
	}

active [PS] proctype P()
{
	byte p = _pid, s, i, which;
end:
	do
	:: atomic { begun < SECTIONS -> s = begun; begun++ }
	   // ReadLock
#ifdef LOAD_FIRST
	   held[s] = current;
#endif
	   i = index;
	   atomic {
		nfull(delayed[p]) -> add(p, LOCKS + i); // [lock]
		token[s] = i; on[s] = 1 + p;
		i = 0; s = 0
	   }
	:: loads(0) :: moves(0) :: ends(0)
	:: loads(1) :: moves(1) :: ends(1)
#if SECTIONS > 2
	:: loads(2) :: moves(2) :: ends(2)
#endif
	od
}
#endif

active [PS] proctype StoreBuffer()
{
	byte p = _pid - PS, which;
end:
	do
	:: atomic {
		delayed[p]?which -> count(p, which) = (count(p, which) + 1) WRAP;
		which = 0
	   }
	od
}

inline heavy() {
	atomic { drain(0) }
	atomic { drain(1) }
}

inline sum(total, them) {
	total = count(0, them);
	total = (total + count(1, them)) WRAP
}

// waitFor looks until as many sections have ended as have begun.
inline waitFor(pair) {
	do
	::
#ifdef LOCKS_FIRST
	   sum(locks, LOCKS + pair);
	   sum(unlocks, UNLOCKS + pair);
#else
	   sum(unlocks, UNLOCKS + pair); // [unlocks]
	   sum(locks, LOCKS + pair); // [locks]
#ifndef LIVENESS
	   assert(locks >= unlocks); // otherwise it panics: a second ReadUnlock
#endif
#endif
	   if
	   :: atomic { locks == unlocks -> locks = 0; unlocks = 0 }
	      break
	   :: atomic { else -> locks = 0; unlocks = 0 }
	   fi
#ifndef LIVENESS
	:: giveups > 0 -> giveups--; goto begin // another grace period must do it
#endif
	od
}

active proctype Updater()
{
	byte old, i, idle, which, locks, unlocks;
#ifndef LIVENESS
	byte s, giveups = GIVEUPS;
#endif
	do
	:: current <= PERIODS ->
	   old = current;
	   current = old + 1; // [unlink]
begin:
#ifndef NO_FENCE
	   heavy();
#endif
	   atomic { i = index; idle = 1 - i }
#ifndef ONE_WAIT
	   waitFor(idle);
#endif
#ifndef NO_FLIP
	   index = idle;
#endif
#ifndef IDLE_ONLY
	   waitFor(i);
#endif
#ifndef LIVENESS
	   atomic { // the object is freed
		for (s : 0 .. 2) {
			assert(held[s] != old)
		}
		s = 0; old = 0; i = 0; idle = 0
	   }
#endif
	:: else -> break
	od;
	over = true
}

#ifdef LIVENESS
ltl gracePeriodsEnd { <> over }
#endif
