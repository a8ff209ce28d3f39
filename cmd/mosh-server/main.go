// Command mosh-server runs a shell and shows it to a mosh-client. It is started by mosh, through ssh.
package main

import (
	"os"

	"mosh/internal/app/server"
)

func main() { os.Exit(server.Main(os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr)) }
