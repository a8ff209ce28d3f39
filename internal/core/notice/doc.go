// Package notice says in one row of the screen what a person has to know about the link: the notification bar, the
// status line shown on demand, and the prefix of the window's title (spec/prediction.md, sections 7 and 8).
//
// A Bar is told what happens, as state; Apply lays it over a frame and NextTimeout says when it will look different.
// The bar covers row 0 and never moves the screen. Its colours are stock's: white on blue, bold, which is legible on
// light and dark themes because both colours are set.
package notice
