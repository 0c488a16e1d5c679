// This file models passes that callers of Retire make (ReclaimInline), and the
// scanner that falls asleep or rests. The processors delay stores (x86-TSO).
//
//	here                  Go
//	Retirer               Reclaimer.Retire, notice, on a P of its own
//	Retirer: passInline   Reclaimer.passInline
//	Retirer: passBeside   Reclaimer.passBeside
//	Retirer: makeRoom     Reclaimer.reclaimInline, without the reclaim
//	                      functions
//	Scanner               scanner.run, goOn, watchOn, sleep, fallAsleep,
//	                      lieDown, watch; pass.make; bell.leave
//	rouse                 bell.ring, cutShort
//	state, wake           the fields of bell
//	passing               turn.taken
//	tail, consumed        the fields of queue
//	kept                  whether anything is among keeping.kept
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// The model is like wakeup.pml, with a lock for each pass. A pass keeps the
// objects that it takes, or does not. A kept object is let go at any later
// pass or glance, or never. Resting does not end by itself.
//
// The properties are assertions:
//   - In the end everything in the queues has been taken (in init).
//   - If anything is kept in the end, there is a scanner, which may rest (in
//     init).
//   - There is one scanner at a time, or a caller in its place (in Scanner and
//     Retirer).
//
// The model leaves out waiters, Close and workers (wakeup.pml).
//
// run: gcc -DSAFETY
// mutant NO_FENCE: a goroutine falls asleep without Heavy between [asleep] and
//	[last look] -> tail[0]==consumed[0]
// mutant SILENT_CALLER: a caller whose pass keeps something does not rouse
//	-> state!=0
// mutant UNLOCKED: [asleep] is stored after passing has been given up
//	-> state!=0
// mutant KEEPS_ON: a caller in the scanner's place falls asleep without a look
//	at what is kept -> state!=0
// mutant STARTS_NONE: a caller in the scanner's place finds that something is
//	left, and starts no scanner -> tail[0]==consumed[0]
// mutant STAYS: a caller in the scanner's place has fallen asleep, and starts a
//	scanner all the same -> scanners==1
// mutant BESIDE_ALONE: a pass beside a scanner that rests keeps something, and
//	the caller does not look whether that one has fallen asleep -> state!=0
// mutant RESTS_ALONE: a caller has the scanner rest, and starts none
//	-> tail[0]==consumed[0]

#define RETIRERS 2
#define OBJECTS  2 /* of all retirers together */
#define PASSES   1 /* by callers that make room */
#define DELAYED  2 /* length of a FIFO; a retirer waits while it is full */

#define ASLEEP  0
#define AWAKE   1
#define RESTING 2

byte state = ASLEEP;
byte tail[RETIRERS], consumed[RETIRERS];

// Each entry is a store to tail. The oldest is first.
chan delayed[RETIRERS] = [DELAYED] of { byte };

chan wake = [1] of { bit };
bool passing, kept;

byte objects = OBJECTS, passes = PASSES;

// Each entry is a go statement whose scanner does not run yet. It is 1 if the
// scanner goes on after a caller's pass, and 2 if it rests then.
chan starts = [2] of { byte };

// scanners is the number of scanners that run, or will, and of callers in their
// place.
byte scanners;

bool first; // the first Scanner is at work, so another one may be needed

#define queued(q) (tail[q] > consumed[q])

inline drain(r) {
	do
	:: delayed[r]?tail[r]
	:: empty(delayed[r]) -> break
	od
}

proctype StoreBuffer(byte r) {
end:	do
	:: delayed[r]?tail[r]
	od
}

inline heavy() {
	atomic { drain(0) };
	atomic { drain(1) }
}

inline lock() { atomic { !passing -> passing = true } }
#define unlock() passing = false

inline cutShort() {
	if
	:: atomic { nfull(wake) -> wake!1 } // unreached if it was asleep
	:: full(wake)
	fi
}

inline rouse() {
	if
	:: atomic { state == ASLEEP -> state = AWAKE; scanners++; starts!0 }
	:: state != ASLEEP ->
		if
		:: atomic { state == RESTING -> state = AWAKE };
			cutShort()
		:: state != RESTING
		fi
	fi
}

inline pass() {
	goal[0] = tail[0]; // pairs with [append]
	goal[1] = tail[1];
	atomic {
		if
		:: kept -> kept = false
		:: skip
		fi;
		if
		:: goal[0] > consumed[0] || goal[1] > consumed[1] ->
			if
			:: kept = true
			:: skip
			fi
		:: else
		fi;
		consumed[0] = goal[0]; consumed[1] = goal[1];
		goal[0] = 0; goal[1] = 0
	}
}

inline wanted() {
	w = queued(0);
	w = w || queued(1)
}

// leave sets left if its caller has left the state awake.
inline leave(to, locked) {
#ifdef UNLOCKED
	if
	:: locked -> unlock()
	:: else
	fi;
#endif
	atomic {
		state = to; // [asleep]
		if
		:: to == ASLEEP -> scanners--
		:: else
		fi
	};
#ifndef UNLOCKED
	if
	:: locked -> unlock() // unreached where the scanner rests
	:: else
	fi;
#endif
#ifndef NO_FENCE
	heavy();
#endif
	wanted(); // [last look]
	atomic {
		left = true;
		if
		:: w && state == to ->
			left = false;
			state = AWAKE;
			if
			:: to == ASLEEP -> scanners++
			:: else
			fi
		:: else
		fi;
		w = false
	}
}

// fallAsleep sets left if its caller has fallen asleep.
inline fallAsleep(blind) {
	wanted();
	if
	:: w -> w = false
	:: else ->
		lock();
		if
		:: kept && !blind -> unlock()
		:: else -> leave(ASLEEP, true)
		fi
	fi
}

// lieDown sets left if the scanner rests.
inline lieDown() {
	wanted();
	if
	:: w -> w = false
	:: else -> leave(RESTING, false)
	fi
}

#ifdef KEEPS_ON
#define BLIND true
#else
#define BLIND false
#endif

proctype Retirer(byte me) {
	byte own, goal[RETIRERS];
	bool w, left, any, more;
end:	do
	:: atomic { objects > 0 -> objects--; own++; delayed[me]!own }; // [append]
		if
		:: state == AWAKE // [awake?]
		:: state != AWAKE ->
			// notice. Each operation that is locked drains the stores.
			if
			:: atomic { state == ASLEEP -> drain(me); state = AWAKE; scanners++ };
				// passInline
				assert(scanners == 1);
				lock();
				if
				// The interval since the last pass has not passed.
				:: unlock(); starts!0
				:: pass();
					unlock();
					fallAsleep(BLIND);
					if
#ifdef STAYS
					:: left -> left = false; starts!1
#else
					:: left -> left = false
#endif
#ifdef STARTS_NONE
					:: else
#else
					:: else ->
						lieDown();
						if
						:: left -> left = false;
#ifndef RESTS_ALONE
							starts!2
#endif
						:: else -> starts!1
						fi
#endif
					fi
				fi
			:: state == RESTING ->
				// passBeside
				if
				:: atomic { !passing -> passing = true; drain(me) };
					if
					// The interval since the last pass has not passed.
					:: unlock(); rouse()
					:: more = !kept;
						pass();
						any = kept;
						more = more && kept;
						unlock();
						wanted();
						if
						:: w -> w = false; rouse()
#ifndef BESIDE_ALONE
						:: !w && any && state == ASLEEP -> rouse()
#endif
						:: else ->
							if
							:: more -> cutShort()
							:: else
							fi
						fi;
						any = false; more = false
					fi
				:: atomic { passing -> drain(me) }; rouse()
				fi
			:: atomic { state != RESTING -> drain(me) }; rouse()
			fi
		fi
	// makeRoom
	:: atomic { passes > 0 && !passing -> passes--; passing = true; drain(me) };
		pass();
		any = kept;
		unlock();
#ifndef SILENT_CALLER
		if
		:: any -> rouse()
		:: else
		fi;
#endif
		any = false
	od
}

proctype Scanner(bit me) {
	byte goal[RETIRERS];
	byte on;
	bool w, left;
end:	do
	:: atomic { (me == 0 || first) && nempty(starts) -> starts?on; first = first || me == 0 };
		do
		:: on == 2 -> on = 0; left = true; goto watch
		:: on != 2 ->
			// wait: cutShort ends it, or the end of the interval does
			if
			:: wake?_
			:: skip
			fi;
			assert(scanners == 1);
			if
			:: on -> on = 0
			:: else ->
				lock();
				pass();
				unlock()
			fi;
			// sleep
			fallAsleep(false);
			if
			:: left -> left = false; break
			:: else
			fi;
			lieDown();
watch:			do
			:: !left -> break
			:: left ->
				lock();
				w = kept;
				unlock();
				if
				:: w -> w = false;
endrest:				wake?_;
					if
					:: state == RESTING -> // glance
						lock();
						if
						:: kept -> kept = false
						:: skip
						fi;
						unlock()
					:: state != RESTING -> left = false
					fi
				:: else ->
					atomic {
						left = false;
						if
						:: state == RESTING -> state = AWAKE
						// The goroutine that has woken it did it.
						:: else
						fi
					}
				fi
			od
		od;
		first = first && me != 0
	od
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1);
		run Retirer(0); run Retirer(1);
		run Scanner(0); run Scanner(1)
	};
	timeout ->
	assert(tail[0] == consumed[0] && tail[1] == consumed[1]);
	assert(state != ASLEEP || !kept)
}
