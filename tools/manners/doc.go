// Package manners tests how the programs of this project behave: what they do
// with a path that is no file, and how they end when they are interrupted.
package manners
