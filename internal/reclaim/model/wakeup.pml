// This file models Retires and a Close against the scanner that falls asleep or
// rests. The processors delay stores (x86-TSO).
//
//	here                     Go
//	Retirer                  Reclaimer.Retire, notice, on a P of its own
//	Waiter: Flush            Reclaimer.Flush, await
//	Waiter: Close            Reclaimer.Close
//	Worker                   ledger.finishRun, when the last object that was
//	                         ready has been reclaimed; it ends the wait if
//	                         nothing is kept
//	Scanner                  scanner.run, wait, sleep, fallAsleep, lieDown,
//	                         watch; pass.make; bell.leave
//	rouse, cutShort          bell.ring, cutShort
//	state, wake              the fields of bell
//	tail, consumed           the fields of queue
//	awaited                  ledger.awaited
//	kept, ready              whether anything is among keeping.kept, and
//	                         ready or being reclaimed
//	StoreBuffer, heavy       the processor, fence.Heavy
//
// A Retire's store to its tail is plain. It goes through a FIFO. The FIFO
// drains at any time. Heavy drains the FIFOs one after the other. Locked
// operations store and swap the state. A locked operation drains the FIFO of
// its thread. Each statement is one step, unless it is inside atomic.
//
// A scan keeps the objects that it takes, or finds them ready. A kept object
// becomes ready at any later pass, or never if no goroutine waits for it. The
// interval between two passes always ends. Resting takes long, so it ends by
// itself only now and then. What a goroutine wants must not wait for that.
//
// The model has these properties:
//   - In the end everything in the queues has been taken, unless its Retire
//     panicked because the domain was closed (an assertion in init).
//   - In the end no scanner rests when nothing is kept or ready (an assertion
//     in init).
//   - A waiter does not wait for ever. Otherwise there is an invalid end state.
//   - One scanner runs at a time (an assertion in Scanner): from the swap that
//     makes it awake until it has stored that it is asleep.
//
// There are two searches. The first one has two retirers. The second one has a
// waiter, while a scanner runs already.
//
// The model leaves out passes by callers (ReclaimInline) and the bounds. It
// also leaves out what exactly a waiter waits for. Here it waits for a pass
// that began after the waiter came and that left nothing.
//
// run: gcc -DSAFETY
// mutant NO_FENCE: the scanner has no Heavy between [asleep] and [last look]
//	-> tail[0]==consumed[0]
// mutant LOOK_FIRST: [last look] comes before [asleep] -> tail[0]==consumed[0]
// mutant FENCE_FIRST: Heavy comes before [asleep] -> tail[0]==consumed[0]
// mutant AWAKE_FIRST: a Retire looks whether a scanner is awake before [append]
//	-> tail[0]==consumed[0]
// mutant IGNORE_RESTING: rouse does nothing about a scanner that rests
//	-> tail[0]==consumed[0]
// mutant NO_CUT: rouse makes a resting scanner awake and does not end its wait
//	-> tail[0]==consumed[0]
// mutant START_BY_STORE: rouse finds the scanner asleep and then stores that it
//	is awake -> scanners==1
// mutant BACK_BY_STORE: after [last look] the scanner stores that it is awake,
//	although another scanner may have been started -> scanners==1
// mutant SILENT_WORKER: a worker that has reclaimed the last object does not
//	end the wait of the scanner that rests -> state!=2
// mutant REST_AT_ONCE: a scanner that has stored that it rests does not look
//	again whether there is anything to wait for -> state!=2
//
// run: spin -DWAITER; gcc -DSAFETY
// mutant NO_AWAITED: [last look] does not look whether a goroutine waits
//	-> invalid end state
// mutant REGISTER_LATE: a waiter rouses before it registers
//	-> invalid end state
// mutant CLOSE_NO_FENCE: Close has no Heavy after it has closed
//	-> tail[0]==consumed[0]
// mutant CLOSE_NO_LOOK: Close does not look again after it has closed
//	-> tail[0]==consumed[0]

#define RETIRERS 2
#ifdef WAITER
#define OBJECTS  1
#else
#define OBJECTS  2 /* of all retirers together */
#define TIMEOUTS 1 /* how often resting ends by itself */
#endif
#define DELAYED  2 /* length of a FIFO; a retirer waits while it is full */

#define ASLEEP  0
#define AWAKE   1
#define RESTING 2
#define CLOSED  3

byte state = ASLEEP;
byte tail[RETIRERS], consumed[RETIRERS];

// Each entry is a store to tail. The oldest is first.
chan delayed[RETIRERS] = [DELAYED] of { byte };

chan wake = [1] of { bit };
bool awaited, kept, ready;

byte objects = OBJECTS;
#ifndef WAITER
byte timeouts = TIMEOUTS;
#endif
byte starts;   // go statements whose scanner does not run yet
byte scanners; // scanners that run, or will
bool first;    // the first Scanner is at work, so another one may be needed
bool refused[RETIRERS];

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

inline cutShort() {
	if
	:: atomic { nfull(wake) -> wake!1 }
	:: full(wake)
	fi
}

inline rouse() {
	if
#ifdef START_BY_STORE
	:: state == ASLEEP -> atomic { state = AWAKE; scanners++; starts++ }
#else
	:: atomic { state == ASLEEP -> state = AWAKE; scanners++; starts++ }
#endif
	:: state != ASLEEP ->
#ifndef IGNORE_RESTING
		if
		:: atomic { state == RESTING -> state = AWAKE };
#ifndef NO_CUT
			cutShort()
#endif
		:: state != RESTING
		fi
#endif
	fi
}

proctype Retirer(byte me) {
	byte own;
	bool idle;
end:	do
	:: atomic { objects > 0 -> objects-- };
#ifdef WAITER
		if
		:: state == CLOSED -> break // Retire panics at once
		:: state != CLOSED
		fi;
#endif
#ifdef AWAKE_FIRST
		idle = state != AWAKE;
#endif
		atomic { own++; delayed[me]!own }; // [append]
#ifndef AWAKE_FIRST
		idle = state != AWAKE; // [awake?]
#endif
		if
		:: idle ->
			idle = false;
			atomic { drain(me) }; // the next operation is locked
			rouse();
#ifdef WAITER
			if
			:: state == CLOSED -> refused[me] = true; break
			:: state != CLOSED
			fi
#endif
		:: else
		fi
	od
}

proctype Worker() {
	bool last;
end:	do
	:: atomic { ready -> ready = false; last = !kept };
#ifndef SILENT_WORKER
		if
		:: last && state == RESTING -> cutShort()
		:: !last || state != RESTING
		fi;
#endif
		last = false
	od
}

// wanted sets w if something is in the queues, or a goroutine waits.
inline wanted() {
	w = queued(0);
	w = w || queued(1);
#ifndef NO_AWAITED
	w = w || awaited
#endif
}

inline pass() {
	assert(scanners == 1);
	mine = awaited;
	goal[0] = tail[0]; // pairs with [append]
	goal[1] = tail[1];
	atomic {
		if
		:: kept -> kept = false; ready = true
		:: skip
		fi;
		if
		:: goal[0] > consumed[0] || goal[1] > consumed[1] ->
			if
			:: kept = true
			:: ready = true
			fi
		:: else
		fi;
		consumed[0] = goal[0]; consumed[1] = goal[1];
		if
		:: mine && !kept -> awaited = false
		:: else
		fi;
		mine = false; goal[0] = 0; goal[1] = 0
	}
}

// leave sets left if its caller has left the state awake.
inline leave(to) {
#ifdef LOOK_FIRST
	wanted();
#endif
#ifdef FENCE_FIRST
	heavy();
#endif
	atomic {
		state = to; // [asleep]
		if
		:: to == ASLEEP -> scanners--
		:: else
		fi
	};
#if !defined(NO_FENCE) && !defined(FENCE_FIRST)
	heavy();
#endif
#ifndef LOOK_FIRST
	wanted(); // [last look]
#endif
	left = true;
	if
	:: w ->
		w = false;
		atomic {
			if
#ifdef BACK_BY_STORE
			:: true ->
#else
			:: state == to ->
#endif
				left = false;
				state = AWAKE;
				if
				:: to == ASLEEP -> scanners++
				:: else
				fi
#ifndef BACK_BY_STORE
			// Another scanner has been started, this one was woken, or the
			// domain was closed.
			:: else
#endif
			fi
		}
	:: else
	fi
}

proctype Scanner(bit me) {
	byte goal[RETIRERS];
	bool mine, w, left, due;
end:	do
	:: atomic { starts > 0 && (me == 0 || first) -> starts--; first = first || me == 0 };
		do
		:: // wait
			if
			:: wake?_
			:: skip
			fi;
			pass();
			// sleep
			wanted();
			if
			:: w -> w = false
			:: else ->
				due = kept || ready;
				if
				:: due -> due = false // the next pass comes soon
				:: due ->
					leave(RESTING);
					if
					:: left ->
#ifndef REST_AT_ONCE
						due = kept || ready;
#endif
						// watch
						do
						:: due ->
endrest:						if
							:: wake?_
#ifndef WAITER
							:: atomic { timeouts > 0 -> timeouts-- }
#endif
							fi;
							if
							:: state == RESTING -> // glance
								atomic {
									if
									:: kept -> kept = false; ready = true
									:: skip
									fi;
									due = kept || ready
								}
							:: state != RESTING -> break
							fi
						:: !due -> break
						od;
						atomic {
							due = false; left = false;
							if
							:: state == RESTING -> state = AWAKE
							:: else
							fi
						}
					:: else -> due = false
					fi
				:: !due ->
					leave(ASLEEP);
					if
					:: left -> atomic { left = false; first = first && me != 0 }; break
					:: else
					fi
				fi
			fi
		od
	od
}

// pending sets p if anything is pending.
inline pending() {
	t = tail[0];
	atomic { p = t > consumed[0] || queued(1) || kept || ready; t = 0 }
}

#ifdef WAITER
proctype Waiter() {
	byte t;
	bool p;
await:	pending();
	if
	:: p ->
		p = false;
#ifdef REGISTER_LATE
		rouse();
		awaited = true;
#else
		awaited = true;
		rouse();
#endif
		cutShort();
		!awaited && !ready
	:: else
	fi;
	if
	:: goto over // Flush
	:: // Close
		do
		:: pending();
			if
			:: p -> p = false; goto await
			:: else
			fi;
			if
			:: atomic { state == ASLEEP -> state = CLOSED };
#ifndef CLOSE_NO_FENCE
				heavy();
#endif
#ifndef CLOSE_NO_LOOK
				pending();
#endif
				if
				:: p -> p = false;
					// No other goroutine changes the state from closed.
					atomic { state = AWAKE; scanners++; starts++ };
					goto await
				:: else -> break
				fi
			:: state == RESTING -> rouse()
			// The scanner may wait although there is nothing to do.
			:: atomic { state == AWAKE && nfull(wake) -> wake!1 }
			fi
		od
	fi;
over:	skip
}
#endif

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1);
		run Retirer(0);
#ifdef WAITER
		run Waiter();
		// The scanner runs because of objects that were retired before.
		state = AWAKE; scanners = 1; starts = 1;
#else
		run Retirer(1);
#endif
		run Worker();
		run Scanner(0); run Scanner(1)
	};
	timeout ->
	assert((tail[0] == consumed[0] || refused[0]) && (tail[1] == consumed[1] || refused[1]));
	assert(state != RESTING || kept || ready)
}
