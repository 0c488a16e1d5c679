package overlay

// An edit makes a plain access, or something that waits, a step.
type edit struct {
	old, new string
	count    int // how often it is there; 0 is once
}

func (e edit) times() int { return max(1, e.count) }

// edits are the ones that no rule makes, by file. What is edited must be there
// as it stands here, or there is no overlay.
//
// A plain access need be no step where only one thread can make it at a time,
// in an order that other steps give: what is under a lock, or a P's own.
var edits = map[string][]edit{
	"gate/gate.go": {
		{old: "close(g.thawed)", new: "explore.Close(g.thawed)", count: 2},
		{old: "		select {\n", new: "		explore.Closed(thawed); select {\n"},
	},

	// The library's plain stores that other threads read.
	"internal/fence/publish_plain.go": {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/release_plain.go": {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/mark_plain.go":    {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/word.go":          {{old: "return w.v\n", new: "return explore.Own(&w.v)\n"}},

	"internal/fence/heavy_linux_amd64.go": {{old: `yield.Here("heavy")`, new: "explore.Fence()"}},

	// The end of a protection, and its flag: plain words, too.
	"internal/hazard/end_plain.go": {
		{old: "type flag = bool", new: "type flag = uintptr"},
		{old: "s.Hazard = 0     //", new: "explore.Store(&s.Hazard, 0) //"},
		{old: "return s.watched ", new: "return explore.Load(&s.watched) != 0 ", count: 2},
		{old: "{ s.watched = set }", new: "{ v := flag(0); if set { v = 1 }; explore.Store(&s.watched, v) }"},
	},

	// A Guard's own slot, whose hazard may still be in the buffer.
	"internal/hazard/guards.go": {
		{old: "atomic.LoadUintptr(&slot.Hazard) == p", new: "explore.Own(&slot.Hazard) == p"},
		{old: "atomic.LoadUintptr(&slot.Turn) == turn", new: "slot.Turn == turn"},
		// The explorer's flag is larger.
		{old: "[32 - unsafe.Sizeof(Slot{}) - 2*unsafe.Sizeof(uintptr(0))]byte", new: "[unsafe.Sizeof(Slot{}) - unsafe.Sizeof(Slot{})]byte"},
	},

	"internal/hazard/share.go": {
		{old: "hazard, now := atomic.LoadUintptr(&slot.Hazard), ", new: "hazard, now := explore.Own(&slot.Hazard), "},
	},

	// A Reader's own word. Others only read it.
	"rcu/reader.go": {
		{old: "if r.word != outside", new: "if explore.Own(&r.word) != outside", count: 2},
		{old: "word := r.word\n", new: "word := explore.Own(&r.word)\n"},
		{old: "r.word = outside //", new: "explore.Store(&r.word, outside) //"},
		{old: "quiet    bool", new: "quiet uintptr"},
		{old: "if r.quiet {", new: "if explore.Load(&r.quiet) != 0 {"},
		{old: "r.word|nested", new: "explore.Own(&r.word)|nested"},
		{old: "r.word&^nested", new: "explore.Own(&r.word)&^nested"},
		{old: "r.word == 0", new: "explore.Own(&r.word) == 0"},
	},
	"rcu/end_plain.go": {
		{old: "{ r.quiet, r.watching = !waits, watching{} }", new: "{ r.watching = watching{}; v := uintptr(1); if waits { v = 0 }; explore.Store(&r.quiet, v) }"},
	},

	// A queue's entries, which the tail publishes.
	"internal/reclaim/chunk.go": {
		{old: "{ c.objects[i], c.endings[i] = o.at, o.ending }", new: "{ c.endings[i] = o.ending; explore.StorePointer(&c.objects[i], o.at) }"},
		{old: "Object{c.objects[i], c.endings[i]}", new: "Object{explore.LoadPointer(&c.objects[i]), c.endings[i]}"},
	},
	"internal/reclaim/pass.go": {
		{old: "uintptr(piece.chunk.objects[i])", new: "uintptr(explore.LoadPointer(&piece.chunk.objects[i]))", count: 2},
		{old: "object := piece.chunk.objects[i]", new: "object := explore.LoadPointer(&piece.chunk.objects[i])"},
	},

	"internal/reclaim/clock.go": {
		{old: "{ return int64(time.Since(c.epoch)) }", new: "{ return explore.Now(int64(time.Since(c.epoch))) }"},
	},

	// The scanner's rest, which its timer or a goroutine ends.
	"internal/reclaim/bell.go": {
		{old: "	select {\n	case b.wake <- struct{}{}:", new: "	explore.Offer(b.wake); select {\n	case b.wake <- struct{}{}:"},
	},
	"internal/reclaim/scanner.go": {
		{old: "	s.timer.Reset(interval)\n", new: "	if explore.RestOr(s.bell.wake) { return }; s.timer.Reset(interval)\n"},
	},

	// Channels that are closed, and waited for.
	"internal/hazard/shared.go": {
		{old: "close(q.done)", new: "explore.Close(q.done)"},
		{old: "close(s.batch[0].done)", new: "explore.Close(s.batch[0].done)"},
		{old: "		select {\n		case <-q.done:", new: "		explore.Closed(q.done); select {\n		case <-q.done:"},
	},
	"internal/hazard/parking.go": {
		{old: "close(p.free)", new: "explore.Close(p.free)"},
		{old: "for yield.Enabled && !closed(p.free)", new: "for false"},
		{old: "	select {\n	case <-p.free:\n	case <-ended:\n	}\n	return watches", new: "	if !closed(ended) { explore.Closed(p.free) }; select {\n	case <-p.free:\n	case <-ended:\n	}\n	return watches"},
	},
	"internal/reclaim/waiters.go":   {{old: "close(w.done)", new: "explore.Close(w.done)"}},
	"internal/reclaim/reclaimer.go": {{old: "	select {\n	case <-w.done:", new: "	explore.Closed(w.done); select {\n	case <-w.done:"}},
	"internal/grace/sequence.go": {
		{old: "close(s.turn)", new: "explore.Close(s.turn)"},
		{old: "close(b.done)", new: "explore.Close(b.done)"},
		{old: "	select {\n	case <-c:\n	case <-expired:", new: "	explore.Closed(c); select {\n	case <-c:\n	case <-expired:"},
	},
}
