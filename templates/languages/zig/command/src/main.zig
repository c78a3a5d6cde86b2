//! Does what the arguments ask for.

const std = @import("std");
const command = @import("command.zig");
const Counter = @import("Counter.zig");
const wasi = @import("wasi.zig");

/// Returns where all is well: some hosts take `proc_exit(0)`, which `std` calls after `main`, for a failure.
export fn _start() void {
    const code = run() catch 1;
    if (code != 0) std.process.exit(code);
}

/// What the program ends with: 2 for arguments that make no sense.
fn run() !u8 {
    // Nothing is freed before the program ends.
    const arena = std.heap.wasm_allocator;
    const args = try wasi.strings(arena, .args);
    // A host may leave out even the name of the program.
    switch (try command.parse(arena, if (args.len > 0) args[1..] else args)) {
        .print => |text| try wasi.write(.output, text),
        .count => try wasi.write(.output, try count(arena)),
        .refuse => |text| {
            try wasi.write(.log, text);
            return 2;
        },
    }
    return 0;
}

fn count(arena: std.mem.Allocator) ![]const u8 {
    var counter: Counter = .{};
    var buffer: [1 << 16]u8 = undefined;
    while (true) {
        const chunk = try wasi.read(&buffer);
        if (chunk.len == 0) break;
        counter.add(chunk);
    }
    return std.fmt.allocPrint(arena, "{d} {d} {d}\n", .{ counter.lines, counter.words, counter.bytes });
}
