// Command mosh-client shows the session of a mosh-server in this terminal. It is started by mosh.
package main

import (
	"os"

	"mosh/internal/app/client"
)

func main() { os.Exit(client.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
