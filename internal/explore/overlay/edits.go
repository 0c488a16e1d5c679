package overlay

// An edit makes a plain access, or something that waits, a step.
type edit struct {
	old, new string
	count    int // how often it is there; 0 is once
}

func (e edit) times() int { return max(1, e.count) }

// edits are those that no rule makes, by file. What is edited must be there as
// it stands here, or there is no overlay.
//
// A plain access need be no step where only one thread can make it at a time,
// in an order that other steps give: what is under a lock, or a P's own.
var edits = map[string][]edit{
	// The library's plain stores that other threads read.
	"internal/fence/publish_plain.go": {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/release_plain.go": {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/mark_plain.go":    {{old: "*word = v", new: "explore.Store(word, v)"}},
	"internal/fence/word.go":          {{old: "return w.v\n", new: "return explore.Own(&w.v)\n"}},

	"internal/fence/heavy_linux_amd64.go": {{old: `yield.Here("heavy")`, new: "explore.Fence()"}},

	// Channels that are closed, and waited for.
	"internal/hazard/shared.go": {
		{old: "close(q.done)", new: "explore.Close(q.done)"},
		{old: "close(s.batch[0].done)", new: "explore.Close(s.batch[0].done)"},
		{old: "		select {\n		case <-q.done:", new: "		explore.Closed(q.done)\n		select { case <-q.done:"},
	},
}
