// Sections, grace periods and an updater of package srcu, on processors that delay stores (x86-TSO).
//
//	here                      Go
//	P: ReadLock, ReadUnlock   Domain.ReadLock, ReadUnlock; counts.enter, leave
//	LOCKS, UNLOCKS            the fields of counts, as others see them
//	index                     readers.index
//	Updater                   the user's unlinking, then readers.GracePeriod, then the callback that frees
//	waitFor, sum              grace.Poll of readers.inside
//	StoreBuffer, heavy        the processor, fence.Heavy
//
// The counters of a P are written by plain adds of whoever is pinned to it: its own value plus one, through a FIFO that drains at any time, into memory. Since
// nobody else writes them, what is kept in the FIFO is which counter was added to. Heavy drains the FIFOs one after the other. What a grace period stores is
// visible at once. Each statement is one step, unless it stands in atomic.
//
// ReadLock and ReadUnlock are pinned: a P does nothing else meanwhile. Else it turns to any section that is on it, or begins another, or sends one to
// another P, by which its FIFO drains, as it does when a goroutine or a Token is handed over.
//
// Safety: an object that was unlinked before a grace period is not held by any section when that has ended. A section may load it at any time, once, and holds
// it up to its ReadUnlock. A P may be held up between any two steps, also in ReadLock, for several grace periods. A grace period may be given up.
// No look finds more unlocks than locks.
//
// Liveness: every grace period ends, although sections begin and end for ever, if only each process that can run does so in the end (weak fairness). Here each
// reader stays on its P, what sections load makes no difference, and the counters wrap at 3, so that a look during which three sections begin may be wrong.
//
// Left out: Ps that come later; how grace periods are shared (grace.Sequence): each begins after the unlinking that it is for.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: a grace period without Heavy; a section's [lock] may still be delayed at the look -> held[s]!=old
// mutant LOCKS_FIRST: a look sums locks before unlocks: a section that comes and goes meanwhile counts with its unlock alone -> held[s]!=old
// mutant ONE_WAIT: no wait for the idle pair before the change of index: its sections may have read the index long ago -> held[s]!=old
// mutant IDLE_ONLY: no wait for the other pair after the change of index -> held[s]!=old
// mutant TOKEN_EARLY: a section is handed to another P without what its first P has stored, so its [unlock] may be visible before its [lock] -> locks>=unlocks
// mutant LOAD_FIRST: a section loads before its [lock] -> held[s]!=old
//
// run: spin -DSECTIONS=2 -DGIVEUPS=1; gcc -DSAFETY
//
// run: spin -DLIVENESS; pan -a -f
// mutant NO_FLIP: the index does not change, so new sections begin on the pair that is waited for -> acceptance cycle

#define PS      2
#define PERIODS 2
#ifdef LIVENESS
#define DELAYED 1
#define WRAP    % 3
#else
#define DELAYED 2 /* stores in a FIFO; a P whose FIFO is full waits */
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
byte held[3];  // the object that a section has loaded; 0: none
byte on[3];    // 1 + the P that it is on; 0: none
byte token[3]; // the index that it began under

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
// ReadUnlock. The section's last load comes before it.
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
	   assert(locks >= unlocks); // else it panics: ReadUnlock once more
#endif
#endif
	   if
	   :: atomic { locks == unlocks -> locks = 0; unlocks = 0 }
	      break
	   :: atomic { else -> locks = 0; unlocks = 0 }
	   fi
#ifndef LIVENESS
	:: giveups > 0 -> giveups--; goto begin // another grace period has to do it
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
	   atomic { // freed
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
