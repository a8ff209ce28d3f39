//go:build !linux

package udp

import (
	"testing"

	"mosh/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }
