// Package width says how many columns a character or a grapheme cluster takes, by named Unicode tables.
package width
