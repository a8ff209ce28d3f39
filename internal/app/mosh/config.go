package mosh

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"mosh/internal/app/option"
)

// configPath is $XDG_CONFIG_HOME/mosh/config, or "" when there is no home.
func configPath(p Process) string {
	if dir := p.env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "mosh/config")
	}
	if home := p.env("HOME"); home != "" {
		return filepath.Join(home, ".config/mosh/config")
	}
	return ""
}

// readConfig finds what the configuration file says for host. A file that is not there or may not be read says
// nothing, as with ssh.
func readConfig(p Process, host string) (map[string]string, error) {
	name := configPath(p)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil
	}
	_, host = splitUser(host)
	return parseConfig(name, string(text), host)
}

// parseConfig reads the syntax of ssh_config(5): "Keyword value" or "Keyword=value", "#" comments, and Host lines
// whose patterns hold for the lines below them. Keywords are long option names. The first value of each keyword
// counts. Every line is checked, also those for other hosts.
func parseConfig(name, text, host string) (map[string]string, error) {
	table := option.Mosh()
	config := map[string]string{}
	applies := true
	number := 0
	for line := range strings.Lines(text) {
		number++
		keyword, value := cutKeyword(line)
		if keyword == "" {
			continue
		}
		failf := func(format string, args ...any) error {
			return usagef("%s:%d: %s", name, number, fmt.Sprintf(format, args...))
		}
		if keyword == "host" {
			if value == "" {
				return nil, failf("Host needs a pattern")
			}
			applies = matchHost(strings.Fields(value), host)
			continue
		}
		o, known := table.Lookup(keyword)
		if !known || !o.Config {
			return nil, failf("unknown keyword %q: keywords are Host and %s", keyword, configKeywords(table))
		}
		value, err := checkConfig(o, value)
		if err != nil {
			return nil, failf("%v", err)
		}
		if _, set := config[o.Long]; applies && !set {
			config[o.Long] = value
		}
	}
	return config, nil
}

// cutKeyword splits a line; the keyword comes in lower case, empty for a blank line or a comment.
func cutKeyword(line string) (keyword, value string) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", ""
	}
	end := strings.IndexAny(line, " \t=")
	if end < 0 {
		return strings.ToLower(line), ""
	}
	value = strings.TrimLeft(line[end:], " \t")
	value = strings.TrimLeft(strings.TrimPrefix(value, "="), " \t")
	if len(value) >= 2 && value[0] == '"' && strings.IndexByte(value[1:], '"') == len(value)-2 {
		value = value[1 : len(value)-1]
	}
	return strings.ToLower(line[:end]), value
}

// checkConfig tries one value alone, so that its error has a line number.
func checkConfig(o option.Option, value string) (string, error) {
	if value == "" {
		return "", usagef("%s needs a value", o.Long)
	}
	if o.Value == "" {
		switch strings.ToLower(value) {
		case "yes", "true", "on":
			return "yes", nil
		case "no", "false", "off":
			return "no", nil
		}
		return "", usagef("%s must be yes or no, not %q", o.Long, value)
	}
	alone := source{parsed: option.Parsed{Operands: []string{"host"}}, config: map[string]string{o.Long: value}}
	_, err := check(Process{}, alone)
	return value, err
}

// matchHost obeys ssh_config(5), PATTERNS: one must match, and none with "!" before it.
func matchHost(patterns []string, host string) bool {
	matched := false
	for _, pattern := range patterns {
		bare, negated := strings.CutPrefix(pattern, "!")
		// In ssh_config brackets and backslashes are ordinary characters.
		bare = strings.NewReplacer(`\`, `\\`, "[", `\[`).Replace(strings.Trim(bare, `"`))
		if ok, _ := path.Match(strings.ToLower(bare), strings.ToLower(host)); !ok {
			continue
		}
		if negated {
			return false
		}
		matched = true
	}
	return matched
}

func configKeywords(table option.Command) string {
	var names []string
	for _, o := range table.Options() {
		if o.Config {
			names = append(names, o.Long)
		}
	}
	return strings.Join(names, ", ")
}
