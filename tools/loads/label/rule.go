package main

// A rule allows or denies the paths that its pattern matches, as one of an
// AppArmor profile does: * stands for any text without a slash, ** for any
// text, ? for one character that is not a slash. A path that several rules
// match is denied if one of them denies it; one that no rule matches is denied.
type rule struct {
	deny    bool
	pattern string
}
