//go:build hazptr_yield

// This file is empty; its presence lets identity_yield.go declare a function without a body.
