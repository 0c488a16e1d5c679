// This file models the chunks of a queue. The producer hands them to the
// scanner, the scanner hands them to the workers, and then they are used again.
// The processors delay stores (x86-TSO).
//
//	here                   Go
//	Producer               Reclaimer.Retire, makeRoom; queue.put, extend
//	Scanner                pass.make: take, glance, divide, keep, release;
//	                       under mu: queue.consume, handOver
//	Worker                 ledger.finishRun, worker.reclaim
//	get, put, let          the methods of chunkPool
//	entry, next, left      the fields of chunk
//	tail, first, head      the fields of queue; index and consumed, too
//	kept, spare, moved     the fields of keeping; given is its spans
//	spans                  readyList.spans
//	StoreBuffer            the processor
//
// The producer's stores to entries and to tail are plain. So are the workers'
// stores to entries. They go through the FIFO of their thread. The FIFO drains
// at any time. It also drains before the thread does anything with a lock, or
// to a link. No other thread reads what the scanner stores to entries before
// the scanner has taken the lock. Each statement is one step, unless it is
// inside atomic. Everything that is done under a lock is inside atomic.
//
// Objects are numbered in the order in which they are put in. The model leaves
// open whether a hazard holds an object at a pass, and when the object is let
// go. A chunk is made when the pool is empty. A chunk is gone when the pool has
// no room for it.
//
// The properties are assertions:
//   - Each object is reclaimed once, and all of them are reclaimed in the end.
//   - An entry that is handed over has an object.
//   - A chunk that is put back has no object.
//   - The scanner finds each chunk that it goes on to.
//   - In the end all chunks have been put back, except the two in which the
//     scanner stands.
//
// There are two searches. In the first one more objects are kept. The second
// one has more objects.
//
// The model leaves out other queues, which share nothing but the pool and the
// list of spans. It also leaves out bounds, the joining of neighbouring spans,
// the fence, and the look (protect.pml).
//
// run: gcc -DSAFETY
// mutant NOT_COUNTED: left counts the entries alone, not the scanner that moves
//	along the chunks -> head!=0
// mutant LET_HANDED: entries are counted as done when they are handed to a
//	worker -> entry[((2*(c-1))+0)]==0
// mutant KEPT_STAYS: a kept object is counted as done, and stays in its entry
//	-> entry[((2*(c-1))+0)]==0
// mutant KEPT_COUNTS_NOT: a kept object is taken out, and never counted as done
//	-> made-gone
// mutant SPARE_LEFT: the scanner leaves a full spare, which is not counted
//	-> made-gone
// mutant NOT_ZEROED: a worker does not make the entry zero
//	-> entry[((2*(c-1))+0)]==0
// mutant WHOLE_SPAN: a worker that takes a part of a span leaves all of the
//	span for the others -> o!=0
// mutant LINK_LATE: a chunk is linked after the first tail in it is published
//	-> head!=0
// mutant TAIL_FIRST: the tail is published before the entry is stored -> o!=0
// mutant LET_UNLOCKED: left is loaded and stored without the lock
//	-> entry[((2*(c-1))+0)]==0
//
// run: spin -DLONG; gcc -DSAFETY

#ifdef LONG
#define OBJECTS 5 /* so a queue's chunk becomes a queue's chunk again */
#define KEEPS   1
#else
#define OBJECTS 4
/* This many objects are kept for a while. So a spare is left for another. */
#define KEEPS   3
#endif
#define LEN     2 /* entries of a chunk */
#define CHUNKS  5 /* as many as are ever made, at most; 1 to CHUNKS */
#define WORKERS 2
#define POOL    1 /* chunks that the pool keeps */
#define DELAYED 2 /* length of a FIFO; a thread waits while it is full */

#define NIL      0
#define PRODUCER WORKERS /* the number of its FIFO */
#define TAIL     255     /* the tail's place in a FIFO's entries */

#define at(c, i) (LEN * ((c) - 1) + (i))

byte entry[LEN * CHUNKS];
byte next[CHUNKS + 1], left[CHUNKS + 1];
byte tail, first;

// Each entry is a place and the value stored there. The oldest is first.
chan delayed[WORKERS + 1] = [DELAYED] of { byte, byte }

chan pool = [POOL] of { byte };
byte made; // chunks that have been made
byte gone; // chunks that the pool had no room for
chan spans = [OBJECTS] of { byte, byte, byte } // a chunk, from, to
bool reclaimed[OBJECTS + 1];
byte done;
byte head, spare; // the chunks in which the scanner stands

inline store(t, where, what) { delayed[t]!where,what }

inline apply() {
	if
	:: where == TAIL -> tail = what
	:: else -> entry[where] = what
	fi;
	where = 0; what = 0
}

inline drain(t) {
	do
	:: delayed[t]?where,what -> apply()
	:: empty(delayed[t]) -> break
	od
}

proctype StoreBuffer(byte t) {
	byte where, what;
end:	do
	:: atomic { delayed[t]?where,what -> apply() }
	od
}

#ifdef NOT_COUNTED
#define MOVER 0
#define leave(c) skip
#else
#define MOVER 1 /* the scanner, which moves along the chunks */
#define leave(c) moved!c
#endif

// get, let and put are called inside atomic.
inline get(c) {
	if
	:: pool?c
	:: empty(pool) -> made++; c = made; assert(made <= CHUNKS)
	fi;
	next[c] = NIL;
	left[c] = LEN + MOVER
}

inline let(c, n) {
	assert(left[c] >= n);
	left[c] = left[c] - n;
	put(c)
}

inline put(c) {
	if
	:: left[c] == 0 ->
		assert(entry[at(c, 0)] == 0 && entry[at(c, 1)] == 0);
		next[c] = NIL;
		if
		:: nfull(pool) -> pool!c
		:: full(pool) -> gone++
		fi
	:: else
	fi
}

proctype Producer() {
	byte own, last, fresh, where, what;
	do
	:: own < OBJECTS ->
		if
		:: own % LEN == 0 ->
			atomic { drain(PRODUCER); get(fresh) };
#ifndef LINK_LATE
			atomic { // the FIFO has drained
				if
				:: last != NIL -> next[last] = fresh
				:: else -> first = fresh
				fi;
				last = fresh; fresh = 0
			}
#endif
		:: else
		fi;
		own++;
#ifdef TAIL_FIRST
		store(PRODUCER, TAIL, own);
#endif
#ifdef LINK_LATE
		if
		:: fresh -> store(PRODUCER, at(fresh, (own - 1) % LEN), own)
		:: else -> store(PRODUCER, at(last, (own - 1) % LEN), own)
		fi;
#else
		store(PRODUCER, at(last, (own - 1) % LEN), own);
#endif
#ifndef TAIL_FIRST
		store(PRODUCER, TAIL, own); // [append]
#endif
#ifdef LINK_LATE
		atomic {
			drain(PRODUCER);
			if
			:: fresh && last != NIL -> next[last] = fresh; last = fresh
			:: fresh && last == NIL -> first = fresh; last = fresh
			:: else
			fi;
			fresh = 0
		}
#endif
	:: else -> break
	od
}

inline give(c, f, t) {
	if
	:: f < t -> given!c,f,t
	:: else
	fi
}

// glance releases any of the kept objects.
inline glance() {
	do
	:: atomic { kept?o ->
			if
			:: spare == NIL || used == LEN ->
				if
				:: spare != NIL -> skip; // unreached if LONG
#ifndef SPARE_LEFT
					leave(spare) // unreached if LONG
#endif
				:: else
				fi;
				get(spare);
				used = 0
			:: else
			fi;
			entry[at(spare, used)] = o;
			used++;
			give(spare, used - 1, used);
			o = 0 }
	:: break
	od
}

// divide takes the entries up to goal.
inline divide() {
	f = index;
	do
	:: atomic { consumed < goal ->
			if
			:: index == LEN || head == NIL ->
				c = head;
				if
				:: c == NIL -> head = first
				:: else -> give(c, f, index); head = next[c]; leave(c)
				fi;
				index = 0; f = 0; c = 0;
				assert(head != NIL)
			:: else
			fi;
			o = entry[at(head, index)];
			assert(o != 0);
			if
			:: keeps > 0 -> keeps--;
				kept!o;
#ifndef KEPT_STAYS
				entry[at(head, index)] = 0;
#endif
#ifndef KEPT_COUNTS_NOT
				moved!head;
#endif
				give(head, f, index);
				f = index + 1
			:: skip
			fi;
			index++; consumed++; o = 0 }
	:: else -> break
	od;
	atomic { give(head, f, index); f = 0 }
}

proctype Scanner() {
	chan kept = [KEEPS] of { byte };
	chan moved = [CHUNKS + KEEPS] of { byte }; // one entry for each let
	chan given = [OBJECTS] of { byte, byte, byte };
	byte goal, consumed, index, used, keeps = KEEPS, o, c, f, t;
end:	do
	:: tail > consumed || nempty(kept) ->
		goal = tail; // pairs with [append]
		glance();
		if
		:: goal > consumed -> divide()
		:: else
		fi;
		atomic { // under mu
			do
			:: moved?c -> let(c, 1)
			:: empty(moved) -> break
			od;
			do
			:: given?c,f,t -> spans!c,f,t
			:: empty(given) -> break
			od;
			goal = 0; c = 0; f = 0; t = 0
		}
	od
}

proctype Worker(byte me) {
	byte c, from, to, n, o, where, what;
end:	do
	:: atomic { spans?c,from,to -> // turn, under mu
			n = to - from;
			if
			:: n > 1 ->
#ifdef WHOLE_SPAN
				spans!c,from,to;
#else
				spans!c,from + 1,to;
#endif
				to--; n--
			:: skip
			fi;
#ifdef LET_HANDED
			let(c, n)
#endif
		};
		do
		:: atomic { from < to ->
			o = entry[at(c, from)];
			assert(o != 0);
#ifndef NOT_ZEROED
			store(me, at(c, from), 0);
#endif
			assert(!reclaimed[o]);
			reclaimed[o] = true; done++;
			from++; o = 0 }
		:: else -> break
		od;
#if defined(LET_UNLOCKED)
		o = left[c];
		atomic { left[c] = o - n; put(c) };
#elif !defined(LET_HANDED)
		atomic { drain(me); let(c, n) }; // turn, under mu
#endif
		atomic { c = 0; from = 0; to = 0; n = 0; o = 0 }
	od
}

init {
	atomic {
		run StoreBuffer(0); run StoreBuffer(1); run StoreBuffer(PRODUCER);
		run Producer();
		run Scanner();
		run Worker(0); run Worker(1)
	};
	timeout ->
	assert(done == OBJECTS);
#ifndef NOT_COUNTED // with it no chunk is missing
	assert(made - gone - len(pool) == (head -> 1 : 0) + (spare -> 1 : 0))
#endif
}
