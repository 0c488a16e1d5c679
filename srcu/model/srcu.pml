// Sections, grace periods and an updater of package srcu, on processors that delay stores (x86-TSO).
//
//	here                      Go
//	P: ReadLock, ReadUnlock   Domain.ReadLock, ReadUnlock; counts.enter, leave
//	LOCKS, UNLOCKS            the fields of counts, as others see them
//	index                     readers.index
//	Updater                   the user's unlinking, then readers.GracePeriod, then the callback that frees
//	look                      readers.inside
//	StoreBuffer, heavy        the processor, fence.Heavy
//
// The counters of a P are written by plain adds of whoever is pinned to it: its own value plus one, through a FIFO that drains at any time, into memory. Since
// nobody else writes them, what is kept in the FIFO is which counter was added to. Heavy drains the FIFOs one after the other. What a grace period stores is
// visible at once. Each statement is one step, unless it stands in atomic or d_step.
//
// ReadLock and ReadUnlock are pinned: a P does nothing else meanwhile. Else it turns to any section that is on it, or begins another, or sends one to
// another P, by which its FIFO drains, as it does when a goroutine or a Token is handed over.
//
// Safety: an object that was unlinked before a grace period is not held by any section when that has ended. A section may load it at any time, once, and holds
// it up to its ReadUnlock. A P may be held up between any two steps, also in ReadLock, for several grace periods. A grace period may be given up.
//
// Liveness: every grace period ends, although sections begin and end for ever, if only each process that can run does so in the end (weak fairness). Here each
// reader stays on its P, what sections load makes no difference, and the counters wrap at 4, so that a look during which four sections begin may be wrong.
//
// Left out: Ps that come later; how grace periods are shared (grace.Sequence): each begins after the unlinking that it is for.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: a grace period without Heavy; a section's [lock] may still be delayed at the look -> held[s]!=old
// mutant LOCKS_FIRST: a look sums locks before unlocks: a section that comes and goes meanwhile counts with its unlock alone -> held[s]!=old
// mutant ONE_WAIT: no wait for the idle pair before the change of index: its sections may have read the index long ago -> held[s]!=old
// mutant SAME_WAIT: only the idle pair is waited for -> held[s]!=old
// mutant LOAD_FIRST: a section loads before its [lock] -> held[s]!=old
//
// run: spin -DLIVENESS; pan -a -f
// mutant NO_FLIP: the index does not change, so new sections begin on the pair that is waited for -> acceptance cycle

#define PS      2
#define DELAYED 2 /* stores in a FIFO; a P whose FIFO is full waits */
#ifdef LIVENESS
#define PERIODS 2
#define WRAP    % 4
#else
#define PERIODS  2
#define SECTIONS 3
#define GIVEUPS  1
#define WRAP
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

#ifdef LIVENESS

active [PS] proctype P()
{
	byte p = _pid;
	byte token;
	do
	:: token = index;
	   add(p, LOCKS + token); // [lock]
	   add(p, UNLOCKS + token) // [unlock]
	od
}

#else

byte begun; // sections
byte held[SECTIONS];  // the object that a section has loaded; 0: none
byte on[SECTIONS];    // 1 + the P that it is on; 0: none
byte token[SECTIONS]; // the index that it began under

active [PS] proctype P()
{
	byte p = _pid;
	byte s, i;
	do
	:: atomic { begun < SECTIONS -> s = begun; begun++ }
	   // ReadLock
#ifdef LOAD_FIRST
	   held[s] = current;
#endif
	   i = index;
	   atomic {
		add(p, LOCKS + i); // [lock]
		token[s] = i; on[s] = 1 + p; i = 0
	   }
	:: select(s : 0 .. SECTIONS-1); on[s] == 1 + p
	   if
	   :: held[s] == 0 -> held[s] = current
	   :: d_step { // it goes to another P
		drain(p);
		on[s] = 1 + (p+1) % PS
	      }
	   :: atomic { // ReadUnlock: the section's last load comes before [unlock]
		add(p, UNLOCKS + token[s]); // [unlock]
		held[s] = 0; on[s] = 0; token[s] = 0
	      }
	   fi
	od
}
#endif
