//! Names the files whose tests `zig build test` runs.

test {
    _ = @import("command.zig");
    _ = @import("Counter.zig");
}
