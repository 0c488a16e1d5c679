// A Gate with users who enter and leave and an owner who freezes it, on processors that delay stores (x86-TSO).
//
//	here                     Go
//	User: Enter              Gate.Enter, TryEnter, hazptr.Acquire
//	User: Exit               Pass.Exit, Guard.Release
//	exit                     Gate.exit
//	Freezer: Freeze          Gate.Freeze, close, empty
//	Freezer: SynchronizeOn   hazptr.SynchronizeOn: held is what it has found to hold the state
//	Freezer: Unfreeze        Gate.Unfreeze
//	open, awaited, exits     the fields of Gate
//	closed                   Gate.closed, as a set
//	slot                     the hazard pointer of a Pass
//	StoreBuffer, heavy       the processor, fence.Heavy
//
// The stores to slots are plain: they go through the FIFO of the one who stores, which drains at any time. Heavy drains the FIFOs one after the other. What the
// freezer stores is visible at once. To send on exits takes a lock, by which the sender's FIFO drains; to find it full is two loads, and does not (runtime.chansend). Each
// statement is one step, unless it stands in atomic.
//
// Each user has one slot. A Pass is given back by the user who entered, or handed over to whoever takes it, by which the FIFO drains, and given back by that one; then
// its slot is used again when it is seen to be free.
//
// A freeze may have a deadline, which may pass whenever it waits. Then the gate opens again, and Passes of the closed state may stay.
//
// Properties: from the success of Freeze to Unfreeze nobody is inside (assertions). No wake-up is lost: a Freeze without a deadline succeeds, and whoever enters gets in,
// after a freeze that expired, too. Otherwise there would be an end in which somebody waits and nobody can go on (an invalid end state).
//
// Left out: Kill; several who freeze: they take turns at what is modelled between close and Unfreeze, which are under mu.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: SynchronizeOn looks without Heavy: a [publish] may still be delayed -> (inside[0]==0)&&(inside[1]==0)
// mutant FENCE_FIRST: one Heavy before awaited is set and none after: an [exit] may be delayed while its user finds that nobody waits -> invalid end state
// mutant FENCE_ONCE: only the first look has a Heavy: an [exit] may be delayed while its user finds exits full and sends nothing -> invalid end state
// mutant AWAITED_LATE: awaited is set after the look, and who leaves between does not tell -> invalid end state
// mutant FORGET_OLD: a freeze waits for the state that it has closed, and not for those of freezes that expired -> (inside[0]==0)&&(inside[1]==0)
// mutant NO_VALIDATE: Enter does not load the state again after [publish] -> !(frozen)
// mutant SILENT_LATECOMER: an Enter that finds the gate frozen only after [publish] gives its slot back and does not tell -> invalid end state

#define USERS   2
#define ENTRIES 2 /* of all users */
#define FREEZES 2
#define DELAYED 2 /* stores in a FIFO; a user whose FIFO is full waits */

#define NIL     0
#define STATES  (FREEZES + 2) /* 1 and one for each thaw */

byte open = 1; // the state, or NIL
byte last = 1; // the newest state
byte slot[USERS];
chan delayed[USERS] = [DELAYED] of { byte, byte } // whose slot and what is stored there, the oldest first

bool awaited;
chan exits = [1] of { bit };
chan handed = [USERS] of { byte }; // Passes
bool closed[STATES];

byte entries = ENTRIES;
byte inside[USERS]; // for each slot, the state that there is a Pass of
bool frozen;

inline drain(u) {
	do
	:: delayed[u]?which,what -> slot[which] = what
	:: empty(delayed[u]) -> break
	od;
	which = 0; what = 0
}

// exit comes when a slot has been given back.
inline exit() {
	if
	:: awaited -> // [awaited]
	   if
	   :: atomic { nfull(exits) -> drain(u); exits!1 }
	   :: full(exits)
	   fi
	:: !awaited
	fi
}

active [USERS] proctype User()
{
	byte u = _pid;
	byte p, q, pass, which, what;
	bool away; // somebody else has the slot, until it is seen to be free
end:
	do
	:: atomic { entries > 0 && (!away || slot[u] == NIL) -> entries--; away = false }
	   // Enter
	   do
	   :: p = open;
	      if
	      :: p == NIL
	      :: p != NIL -> delayed[u]!u,p // [publish]
	      fi;
	      do
	      :: p == NIL -> break
	      :: atomic {
		p != NIL -> q = open; // [validate]
#ifdef NO_VALIDATE
		q = p;
#endif
		if
		:: q == p ->
		   inside[u] = p;
		   assert(!frozen);
		   p = NIL; q = NIL;
		   goto entered
		:: else -> p = q; q = NIL
		fi
	      }
	      delayed[u]!u,p // [publish] again, or NIL: the gate is frozen
	      od;
#ifndef SILENT_LATECOMER
	      exit();
#endif
	      open != NIL // or it waits
	   od;
entered:
	   if
	   :: pass = u; break
	   :: atomic { drain(u); handed!u; away = true }
	   fi
	:: handed?pass -> break
	od;

	// Exit
	atomic {
		nfull(delayed[u]) -> inside[pass] = NIL;
		if
		:: pass == u -> away = false
		:: else
		fi;
		delayed[u]!pass,NIL; // [exit]
		pass = 0
	}
	exit();
	goto end
}

active [USERS] proctype StoreBuffer()
{
	byte u = _pid - USERS, which, what;
end:
	do
	:: atomic { delayed[u]?which,what -> slot[which] = what; which = 0; what = 0 }
	od
}

inline heavy() {
	atomic { drain(0) }
	atomic { drain(1) }
}

#ifdef FORGET_OLD
#define awaits(s) (s == old)
#else
#define awaits(s) closed[s]
#endif

active proctype Freezer()
{
	byte freezes = FREEZES, old, s, which, what;
	bool deadline, held[USERS];
	do
	:: freezes > 0 -> freezes--;
	   if
	   :: deadline = true
	   :: deadline = false
	   fi;
	   // Freeze
	   atomic { old = open; open = NIL; closed[old] = true }
#ifdef FENCE_FIRST
	   heavy();
#endif
#ifndef AWAITED_LATE
	   awaited = true; // [awaited]
#endif
	   s = 1;
	   do
	   :: s < STATES && awaits(s) ->
	      // SynchronizeOn
	      held[0] = true; held[1] = true;
#ifdef FENCE_ONCE
	      heavy();
#endif
	      do
	      ::
#if !defined(NO_FENCE) && !defined(FENCE_FIRST) && !defined(FENCE_ONCE)
		 heavy();
#endif
		 held[0] = held[0] && slot[0] == s; // [look]
		 held[1] = held[1] && slot[1] == s;
		 if
		 :: !held[0] && !held[1] -> break
		 :: else
		 fi;
#ifdef AWAITED_LATE
		 awaited = true;
#endif
		 if
		 :: exits?_
		 :: deadline -> goto expired
		 fi
	      od;
	      closed[s] = false;
	      s++
	   :: s < STATES && !awaits(s) -> s++
	   :: s == STATES -> break
	   od;
	   atomic {
		assert(inside[0] == NIL && inside[1] == NIL);
		frozen = true
	   }
	   awaited = false;
	   frozen = false; // what the owner does in between is done
	   goto thaw;
expired:
	   awaited = false;
thaw:	   // Unfreeze
	   atomic {
		last++;
		open = last;
		s = 0; held[0] = false; held[1] = false; old = NIL
	   }
	:: else -> break
	od
}
