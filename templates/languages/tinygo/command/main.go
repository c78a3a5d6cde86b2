// Does what the arguments ask for.
package main

import (
	"io"
	"os"

	"example.com/wasm-example/internal/command"
)

func main() {
	// A host may leave out even the name of the program.
	asked, err := command.Parse(os.Args[min(1, len(os.Args)):])
	if err != nil {
		_ = write(os.Stderr, []byte(err.Error()))
		os.Exit(2)
	}
	if err := do(asked); err != nil {
		os.Stderr.WriteString("wasm-example: " + err.Error() + "\n")
		os.Exit(1)
	}
}

func do(asked command.Command) error {
	output := asked.Output
	if asked.Count {
		var counter command.Counter
		if _, err := io.Copy(&counter, os.Stdin); err != nil {
			return err
		}
		output = counter.String()
	}
	return write(os.Stdout, []byte(output))
}
