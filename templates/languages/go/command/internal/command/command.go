// Package command decides what the arguments ask for: all of the command line but input and output.
package command

import "strings"

const program = "wasm-example"

const usage = `Usage: ` + program + ` [NAME...]
       ` + program + ` --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
`

// Command is what to do: to count standard input, or else to print the output.
type Command struct {
	Count  bool
	Output string
}

// UsageError is a message that says why the arguments make no sense.
type UsageError string

func (e UsageError) Error() string { return string(e) }

// Parse reads the arguments, which are all but the name of the program.
func Parse(args []string) (Command, error) {
	var names []string
	var help, count bool
	for i, arg := range args {
		if arg == "--" {
			names = append(names, args[i+1:]...)
			break
		}
		switch {
		case arg == "--help":
			help = true
		case arg == "--count":
			count = true
		case strings.HasPrefix(arg, "-") && arg != "-":
			return Command{}, refusal("unknown option '" + arg + "'")
		default:
			names = append(names, arg)
		}
	}
	switch {
	case help:
		return Command{Output: usage}, nil
	case count && len(args) > 1:
		return Command{}, refusal("--count takes no other argument")
	case count:
		return Command{Count: true}, nil
	case len(names) == 0:
		names = []string{"world"}
	}
	return Command{Output: greet(names)}, nil
}

func refusal(problem string) UsageError {
	return UsageError(program + ": " + problem + "\nTry '" + program + " --help'.\n")
}

// greet returns a line for each name.
func greet(names []string) string {
	var lines strings.Builder
	for _, name := range names {
		lines.WriteString("Hello, " + name + "!\n")
	}
	return lines.String()
}
