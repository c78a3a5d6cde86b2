//! Takes the request from the environment and standard input, as CGI does, and writes the answer.

const std = @import("std");
const handler = @import("handler.zig");
const wasi = @import("wasi.zig");

/// Returns where all is well: WAGI takes `proc_exit(0)`, which `std` calls after `main`, for a failure.
export fn _start() void {
    answer() catch std.process.exit(1);
}

/// One byte more than is taken tells that there is too much.
var body: [handler.max_body + 1]u8 = undefined;

fn answer() !void {
    // Nothing is freed before the program ends.
    const arena = std.heap.wasm_allocator;
    var request: handler.Request = .init(try wasi.strings(arena, .environ));
    if (request.takesBody()) request.body = try wasi.read(&body);

    const response = try handler.respond(arena, &request);
    try wasi.write(.output, try response.head(arena));
    if (!request.isHead()) try wasi.write(.output, response.body);
    try wasi.write(.log, try handler.logLine(arena, &request, &response));
}
