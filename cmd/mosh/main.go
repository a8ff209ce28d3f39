// Command mosh is the launcher: a remote shell that survives roaming.
package main

import (
	"os"

	"mosh/internal/app/mosh"
)

func main() {
	os.Exit(mosh.Main(mosh.Process{
		Args: os.Args, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}
