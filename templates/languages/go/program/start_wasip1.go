package main

import "syscall"

// run is what start.wat calls.
//
//go:wasmexport run
func run() {
	// Go has made the standard streams non-blocking, but under Node it does not wait for them then.
	for fd := range 3 {
		_ = syscall.SetNonblock(fd, false)
	}
	main()
}
