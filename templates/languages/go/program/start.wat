;; The entry point of the module, which the build merges with what Go compiles. It returns: Go's own
;; leaves by proc_exit even when all went well, and some hosts take that for a failure.
(module
  (import "go" "_initialize" (func $initialize))
  (import "go" "run" (func $run))
  (func (export "_start")
    call $initialize
    call $run))
