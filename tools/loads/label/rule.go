package main

// A rule allows or denies the paths that its pattern matches, as one of an AppArmor profile does: * stands for any text without a slash, ** for any text, ? for one character that
// is not a slash. A path that several rules match is denied if one of them denies it; one that no rule matches is denied.
type rule struct {
	deny    bool
	pattern string
}

// matches is the plain way to say what an automaton must say.
func matches(pattern, path string) bool {
	if pattern == "" {
		return path == ""
	}
	star, rest := "", pattern
	switch {
	case len(pattern) > 1 && pattern[:2] == "**":
		star, rest = "**", pattern[2:]
	case pattern[0] == '*':
		star, rest = "*", pattern[1:]
	}
	if star == "" {
		return path != "" && (pattern[0] == path[0] || pattern[0] == '?' && path[0] != '/') && matches(pattern[1:], path[1:])
	}
	for i := 0; ; i++ {
		if matches(rest, path[i:]) {
			return true
		}
		if i == len(path) || star == "*" && path[i] == '/' {
			return false
		}
	}
}

// allowed is what rules say of a path, the plain way.
func allowed(rules []rule, path string) bool {
	allow := false
	for _, r := range rules {
		if matches(r.pattern, path) {
			if r.deny {
				return false
			}
			allow = true
		}
	}
	return allow
}
