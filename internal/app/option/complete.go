package option

import (
	"fmt"
	"strings"
)

// Completions writes the completion scripts of a command that takes a host: by file name, as the shells look for
// them.
func (c Command) Completions() map[string]string {
	return map[string]string{
		"bash/" + c.Name:           c.bash(),
		"zsh/_" + c.Name:           c.zsh(),
		"fish/" + c.Name + ".fish": c.fish(),
	}
}

const completionsMade = "# Made from the option table by internal/tools/pages: do not edit.\n"

// shown calls f for every spelling of every option that a person should be offered.
func (c Command) shown(f func(o Option, long, short string)) {
	for _, o := range c.Options() {
		if o.Hidden {
			continue
		}
		long := ""
		if o.Long != "" {
			long = o.negation() + o.Long
		}
		f(o, long, o.Short)
	}
}

func (c Command) bash() string {
	var words, cases []string
	c.shown(func(o Option, long, short string) {
		var names []string
		if short != "" {
			words, names = append(words, "-"+short), append(names, "-"+short)
		}
		if long != "" {
			names = append(names, "--"+long)
			if o.Value != "" {
				long += "="
			}
			words = append(words, "--"+long)
		}
		if o.Value == "" {
			return
		}
		action := "return ;;"
		switch {
		case len(o.Words) > 0:
			action = fmt.Sprintf("COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;", strings.Join(o.Words, " "))
		case o.Kind == KindCommand:
			action = `COMPREPLY=($(compgen -c -- "$cur")); return ;;`
		}
		cases = append(cases, fmt.Sprintf("\t%s) %s", strings.Join(names, "|"), action))
	})
	return completionsMade + strings.NewReplacer("@name@", c.Name, "@words@", strings.Join(words, " "), "@cases@", strings.Join(cases, "\n"),
		"@flags@", "--*=*|"+strings.Join(flagPatterns(cases), "|")).Replace(bashTemplate)
}

// flagPatterns are the names of the options whose value is the next word.
func flagPatterns(cases []string) []string {
	var names []string
	for _, c := range cases {
		name, _, _ := strings.Cut(strings.TrimSpace(c), ")")
		names = append(names, name)
	}
	return names
}

const bashTemplate = `
# Hosts that ssh knows by name.
_@name@_hosts() {
	local files=(~/.ssh/config /etc/ssh/ssh_config) known=(~/.ssh/known_hosts /etc/ssh/ssh_known_hosts) prefix=
	[[ $1 == *@* ]] && prefix=${1%@*}@
	{
		sed -n 's/^[[:space:]]*[Hh][Oo][Ss][Tt][[:space:]=]\{1,\}//p' "${files[@]}" | tr -s ' \t"' '\n'
		cut -d ' ' -f 1 "${known[@]}" | tr ',' '\n' | sed 's/^\[\(.*\)\].*/\1/'
	} 2>/dev/null | grep -v '[*?!|@#]' | sed "s|^|$prefix|"
}

_@name@() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} i host= dashes=
	COMPREPLY=()
	# "--name=value" comes as three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	case $prev in
@cases@
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) dashes=1 ;;
		=) ((i++)) ;;
		@flags@) [[ ${COMP_WORDS[i+1]} == = ]] || ((i++)) ;;
		-*) [[ $dashes ]] && host=1 ;;
		*) host=1 ;;
		esac
		[[ $host && $dashes ]] && break
	done
	if [[ $cur == -* && ! $dashes ]]; then
		COMPREPLY=($(compgen -W '@words@' -- "$cur"))
		[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	elif [[ $host ]]; then
		COMPREPLY=($(compgen -c -- "$cur"))
	else
		COMPREPLY=($(compgen -W "$(_@name@_hosts "$cur")" -- "$cur"))
	fi
}
complete -F _@name@ @name@
`

func (c Command) zsh() string {
	var specs []string
	c.shown(func(o Option, long, short string) {
		// A bracket or colon in a text would end it.
		text := strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(plain(o.Summary))
		value := ""
		if o.Value != "" {
			value = ":" + strings.ReplaceAll(o.Value, ":", `\:`) + ":"
			switch {
			case len(o.Words) > 0:
				value += "(" + strings.Join(o.Words, " ") + ")"
			case o.Kind == KindCommand:
				value += "_command_names -e"
			}
		}
		equals := map[bool]string{true: "="}[o.Value != ""]
		switch {
		case short == "":
			specs = append(specs, fmt.Sprintf("'--%s%s[%s]%s'", long, equals, text, value))
		case long == "":
			specs = append(specs, fmt.Sprintf("'-%s[%s]%s'", short, text, value))
		default:
			specs = append(specs, fmt.Sprintf("'(-%s --%s)'{-%s,--%s%s}'[%s]%s'", short, long, short, long, equals, text, value))
		}
	})
	return "#compdef " + c.Name + "\n" + completionsMade + `
_` + c.Name + `_hosts() {
	if compset -P '*@'; then
		_ssh_hosts
	else
		_alternative 'hosts:host:_ssh_hosts' 'users:user:_users -S @ -q'
	fi
}

_arguments -S \
	` + strings.Join(specs, " \\\n\t") + ` \
	'1:host:_` + c.Name + `_hosts' \
	'*::command:_normal'
`
}

func (c Command) fish() string {
	var b strings.Builder
	b.WriteString(completionsMade)
	c.shown(func(o Option, long, short string) {
		fmt.Fprintf(&b, "complete -c %s", c.Name)
		if short != "" {
			fmt.Fprintf(&b, " -s %s", short)
		}
		if long != "" {
			fmt.Fprintf(&b, " -l %s", long)
		}
		switch {
		case o.Value == "":
		case len(o.Words) > 0:
			fmt.Fprintf(&b, " -x -a '%s'", strings.Join(o.Words, " "))
		case o.Kind == KindCommand:
			b.WriteString(" -x -a '(__fish_complete_command)'")
		default:
			b.WriteString(" -x")
		}
		fmt.Fprintf(&b, " -d '%s'\n", strings.ReplaceAll(plain(o.Summary), "'", `\'`))
	})
	fmt.Fprintf(&b, "complete -c %s -f -a '(__fish_complete_user_at_hosts)' -d 'Host'\n", c.Name)
	return b.String()
}

// Pages are all files made from the tables, by their path in the repository.
func Pages() map[string]string {
	pages := map[string]string{}
	for _, c := range []Command{Mosh(), Client(), Server()} {
		pages["docs/man/"+c.Name+".1"] = c.Man()
	}
	for name, text := range Mosh().Completions() {
		pages["completions/"+name] = text
	}
	return pages
}
