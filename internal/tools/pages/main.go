// Command pages writes the manual pages and the shell completions from the option tables. Run it from the top of the
// repository after changing a table: go run ./internal/tools/pages
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"mosh/internal/app/option"
)

func main() {
	for name, text := range option.Pages() {
		if err := write(name, text); err != nil {
			fmt.Fprintln(os.Stderr, "pages:", err)
			os.Exit(1)
		}
	}
}

func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
