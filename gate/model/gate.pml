// A gate.Gate with users who enter and leave and an owner who freezes it, on processors that delay stores (x86-TSO).
//
//	here                   Go
//	User: Enter            Gate.Enter, TryEnter, hazptr.Acquire
//	User: Exit             Pass.Exit, Guard.Release
//	Freezer: Freeze        Gate.Freeze, close, empty; looks is hazptr.Synchronize(once, s)
//	Freezer: Unfreeze      Gate.Unfreeze
//	Domain                 the domain that closed states are retired in: its scanner, with Gate.left for a reclaim function
//	open, awaited, exits   the fields of Gate
//	closed                 Gate.closed, a set of states
//	slot                   the hazard pointer of a Pass
//	StoreBuffer, heavy     the processor, fence.Heavy
//
// The stores to slots are plain: they go through the FIFO of the one who stores, which drains at any time. Heavy drains the FIFOs one after the other. What the owner
// stores is visible at once. To send on exits locks, by which the sender's FIFO drains; to find it full does not. Each statement is one step, unless it stands in
// atomic; what is under Gate.mu is in atomic, since nobody else sees it meanwhile.
//
// Each user has one slot. A Pass is given back by the user who entered or by another one, to whom it is handed over, by which the FIFO drains; then the slot is used
// again when it is seen to be free.
//
// A freeze may have a deadline, which may pass whenever it waits. Then the gate opens again, and Passes of the closed state may stay.
//
// Properties. When Freeze has succeeded, nobody is inside until Unfreeze: assertions. No wake-up is lost: a Freeze without deadline succeeds, and who waits in
// Enter gets in, or else there were an invalid end state, in which all who can do nothing more wait.
//
// Left out: Kill; two who freeze at the same time: they take turns at what is modelled, between close and Unfreeze, which are under mu. More than one Pass of a user at a time.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: looks without Heavy: a [publish] may still be delayed -> X
// mutant FENCE_FIRST: one Heavy before awaited is set and none after: an [exit] may be delayed while its user finds that nobody waits -> X
// mutant FENCE_ONCE: only the first look of a freeze has a Heavy: an [exit] may be delayed while its user finds exits full -> X
// mutant AWAITED_LATE: awaited is set after the look, and who leaves between does not tell -> X
// mutant FORGET_OLD: a freeze waits for the state that it has closed, and not for those of freezes that expired -> X
// mutant SAME_STATE: the gate opens with the state that was closed, of which the domain may just have seen that nobody has it -> X
// mutant NO_VALIDATE: Enter does not load the state again -> X
// mutant QUIET_RETREAT: Enter, when it finds the gate frozen after [publish], gives its hazard back and does not tell -> X

#define USERS   2
#define ENTRIES 3 /* of all users */
#define FREEZES 2
#define DELAYED 2 /* stores in a FIFO; a user whose FIFO is full waits */

#define NIL     0
#define STATES  (FREEZES + 2)

byte open = 1; // a state, or NIL
byte last = 1; // state
byte slot[USERS];
chan delayed[USERS] = [DELAYED] of { byte, byte } // slot and value, the oldest first

bool awaited;
chan exits = [1] of { bit };
chan handed = [USERS] of { byte }; // Passes
bool closed[STATES], retired[STATES];

byte entries = ENTRIES;
byte inside[USERS]; // by the slot: the state of which there is a Pass
bool frozen;

inline drain(u) {
	do
	:: delayed[u]?which,what -> slot[which] = what
	:: empty(delayed[u]) -> break
	od;
	which = 0; what = 0
}

// exit comes after an [exit].
inline exit(drains) {
	if
	:: atomic {
		awaited -> // [awaited]
		if
		:: nfull(exits) -> drains; exits!1
		:: full(exits)
		fi
	   }
	:: !awaited
	fi
}

active [USERS] proctype User()
{
	byte u = _pid;
	byte p, q, pass, which, what;
	bool away; // the slot is somebody else's, until it is seen to be free
end:
	do
	:: atomic { entries > 0 && (!away || slot[u] == NIL) -> entries--; away = false }
	   // Enter
tryEnter:
	   p = open;
	   if
	   :: p == NIL -> goto closed
	   :: else -> delayed[u]!u,p // [publish]
	   fi;
	   do
	   :: atomic {
		q = open; // [validate]
#ifdef NO_VALIDATE
		q = p;
#endif
		if
		:: q == p ->
		   inside[u] = p;
		   assert(!frozen);
		   break
		:: else -> p = q; q = NIL
		fi
	      }
	      delayed[u]!u,p; // [publish], or the slot is given back
	      if
	      :: p == NIL ->
#ifndef QUIET_RETREAT
		 wake();
#endif
		 goto waits
	      :: else
	      fi
	   od;
	   p = NIL; q = NIL;
	   if
	   :: pass = u
	   :: atomic { drain(u); handed!u; away = true; goto end }
	   fi;
	   goto exit
	:: handed?pass -> goto exit
	od;

	// Exit
exit:
	atomic {
		nfull(delayed[u]) -> inside[pass] = NIL;
		if
		:: pass == u -> away = false
		:: else
		fi;
		delayed[u]!pass,NIL; // [exit]
		pass = 0
	}
	wake();
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

inline left(s) {
	atomic {
		closed[s] = false;
		if
		:: nfull(exits) -> exits!1
		:: full(exits)
		fi
	}
}

active proctype Domain()
{
	byte s, which, what;
end:
	do
	:: atomic {
		if
		:: retired[1] -> s = 1
		:: retired[2] -> s = 2
		fi;
		drain(0);
		drain(1);
		if
		:: slot[0] == s || slot[1] == s -> s = 0; goto end
		:: else -> retired[s] = false
		fi
	   }
	   atomic {
		left(s);
		s = 0
	   }
	od
}

#if !defined(NO_FENCE) && !defined(FENCE_FIRST) && !defined(FENCE_ONCE)
#define FENCED
#endif

#ifdef FORGET_OLD
#define toLookFor(s) (s == old)
#else
#define toLookFor(s) closed[s]
#endif

active proctype Freezer()
{
	byte freezes = FREEZES, old, s, which, what;
	bool deadline;
	do
	:: freezes > 0 -> freezes--;
	   if
	   :: deadline = true
	   :: deadline = false
	   fi;
	   // Freeze: close
	   atomic { old = open; open = NIL; closed[old] = true }
	   if
	   :: retired[old] = true
	   :: true // the domain has other things to do, for ever; the gate must not need it
	   fi;
	   // empty
#ifdef FENCE_FIRST
	   heavy();
#endif
#ifndef AWAITED_LATE
	   awaited = true; // [awaited]
#endif
#ifdef FENCE_ONCE
	   heavy();
#endif
looks:
	   s = 1;
	   do
	   :: s < STATES && toLookFor(s) ->
#ifdef FENCED
	      heavy();
#endif
	      if
	      :: slot[0] == s -> goto somebody // [look]
	      :: else
	      fi;
	      if
	      :: slot[1] == s -> goto somebody
	      :: else
	      fi;
	      left(s);
	      s++
	   :: s < STATES && !toLookFor(s) -> s++
	   :: s == STATES -> break
	   od;
	   atomic {
		s = 0;
		assert(inside[0] == NIL && inside[1] == NIL);
		frozen = true
	   }
	   awaited = false;
	   frozen = false; // what the owner does in between is done
	   goto thaw;
somebody:
	   s = 0;
#ifdef AWAITED_LATE
	   awaited = true;
#endif
	   if
	   :: exits?_ -> goto looks
	   :: deadline
	   fi;
	   awaited = false;
thaw:	   // Unfreeze
#ifdef SAME_STATE
	   open = old;
#else
	   last++;
	   open = last;
#endif
	   old = NIL
	:: else -> break
	od
}
