// Takes the request from the environment and standard input, as CGI does, and writes the answer.
package main

import (
	"os"

	"example.com/wasm-example/internal/handler"
)

func main() {
	if err := answer(); err != nil {
		os.Stderr.WriteString("wasm-example: " + err.Error() + "\n")
		os.Exit(1)
	}
}

func answer() error {
	request := handler.NewRequest(os.Getenv)
	response, err := handler.Respond(request, os.Stdin)
	if err != nil {
		return err
	}
	if err := write(os.Stdout, []byte(response.Head())); err != nil {
		return err
	}
	if !request.IsHead() {
		if err := write(os.Stdout, response.Body); err != nil {
			return err
		}
	}
	return write(os.Stderr, []byte(handler.LogLine(request, response)))
}
