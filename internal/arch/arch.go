// Package arch holds the layer rules of docs/design.md, section 1, as a test:
// which package may import which, and what code in core/ must not contain.
package arch
