package vt_test

import (
	"testing"

	"mosh/internal/vttest"
)

// TestScripts runs the screen scripts; go test -update rewrites their expectations.
func TestScripts(t *testing.T) { vttest.Run(t, "testdata/*.txt") }
