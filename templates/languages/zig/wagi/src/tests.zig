//! Names the files whose tests `zig build test` runs.

test {
    _ = @import("handler.zig");
    _ = @import("query.zig");
}
