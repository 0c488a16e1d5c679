// This file models passes that callers of Retire make (ReclaimInline), and the
// scanner that falls asleep or rests. The processors delay stores (x86-TSO).
//
//	here                  Go
//	Retirer               Reclaimer.Retire, notice, on a P of its own
//	Retirer: scanInline   Reclaimer.passInline
//	Retirer: makeRoom     Reclaimer.reclaimInline, without the reclaim
//	                      functions
//	Scanner               scanner.run, goOn, sleep, fallAsleep; pass.make;
//	                      bell.leave
//	rouse                 bell.ring, cutShort
//	state, wake           the fields of bell
//	passing               turn.taken
//	tail, consumed        the fields of queue
//	kept                  whether anything is among keeping.kept
//	StoreBuffer, heavy    the processor, fence.Heavy
//
// The model is like wakeup.pml, with a lock for each pass. A pass keeps the
// objects that it takes, or does not. A kept object is let go at any later
// pass, or never. Resting does not end by itself.
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
// scanner goes on after a caller's pass.
chan starts = [2] of { bit };

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

inline rouse() {
	if
	:: atomic { state == ASLEEP -> state = AWAKE; scanners++; starts!0 }
	:: state != ASLEEP ->
		if
		:: atomic { state == RESTING -> state = AWAKE };
			if
			:: atomic { nfull(wake) -> wake!1 }
			:: full(wake) // unreached: no other goroutine sends
			fi
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

#ifdef KEEPS_ON
#define BLIND true
#else
#define BLIND false
#endif

proctype Retirer(byte me) {
	byte own, goal[RETIRERS];
	bool w, left, any;
end:	do
	:: atomic { objects > 0 -> objects--; own++; delayed[me]!own }; // [append]
		if
		:: state == AWAKE // [awake?]
		:: state != AWAKE ->
			// notice
			atomic { drain(me) }; // the next operation is locked
			if
			:: atomic { state == ASLEEP -> state = AWAKE; scanners++ };
				// scanInline
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
					:: else -> starts!1
#endif
					fi
				fi
			:: state != ASLEEP -> rouse()
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
	bit on;
	bool w, left;
end:	do
	:: atomic { (me == 0 || first) && nempty(starts) -> starts?on; first = first || me == 0 };
		do
		:: // wait: cutShort ends it, or the end of the interval does
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
			lock();
			w = kept;
			unlock();
			if
			:: w -> w = false; leave(RESTING, false);
				if
				:: left ->
endrest:				wake?_;
					atomic {
						left = false;
						if
						// The sender has done it already.
						:: state == RESTING -> state = AWAKE // unreached
						:: else
						fi
					}
				:: else
				fi
			:: else
			fi
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
