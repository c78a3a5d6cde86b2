//! Decides what the arguments ask for: all of the command line but input and output.

const std = @import("std");
const Allocator = std.mem.Allocator;

const program = "wasm-example";

const usage =
    "Usage: " ++ program ++ " [NAME...]\n" ++
    "       " ++ program ++ " --count < FILE\n" ++
    \\
    \\Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
    \\
    ;

pub const Action = union(enum) {
    /// Print this text.
    print: []const u8,
    /// Count standard input.
    count,
    /// Print this text on standard error: the arguments make no sense.
    refuse: []const u8,
};

/// `arguments` is without the name of the program.
pub fn parse(arena: Allocator, arguments: []const []const u8) Allocator.Error!Action {
    const options_end = for (arguments, 0..) |argument, index| {
        if (equal(argument, "--")) break index;
    } else arguments.len;

    var help = false;
    var count = false;
    for (arguments[0..options_end]) |argument| {
        if (equal(argument, "--help")) {
            help = true;
        } else if (equal(argument, "--count")) {
            count = true;
        } else if (argument.len > 1 and argument[0] == '-') {
            return refuse(arena, "unknown option '{s}'", .{argument});
        }
    }
    if (help) return .{ .print = usage };
    if (count) {
        if (arguments.len > 1) return refuse(arena, "--count takes no other argument", .{});
        return .count;
    }

    var text: std.ArrayList(u8) = .empty;
    for (arguments, 0..) |name, index| {
        if (index != options_end) try greet(arena, &text, name);
    }
    if (text.items.len == 0) try greet(arena, &text, "world");
    return .{ .print = text.items };
}

fn equal(a: []const u8, b: []const u8) bool {
    return std.mem.eql(u8, a, b);
}

fn greet(arena: Allocator, text: *std.ArrayList(u8), name: []const u8) Allocator.Error!void {
    for ([_][]const u8{ "Hello, ", name, "!\n" }) |part| try text.appendSlice(arena, part);
}

fn refuse(arena: Allocator, comptime problem: []const u8, values: anytype) Allocator.Error!Action {
    const format = program ++ ": " ++ problem ++ "\nTry '" ++ program ++ " --help'.\n";
    return .{ .refuse = try std.fmt.allocPrint(arena, format, values) };
}

fn expectPrint(expected: []const u8, arguments: []const []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const action = try parse(arena.allocator(), arguments);
    try std.testing.expectEqualStrings(expected, action.print);
}

fn expectRefuse(expected: []const u8, arguments: []const []const u8) !void {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const action = try parse(arena.allocator(), arguments);
    try std.testing.expectEqualStrings(expected, action.refuse);
}

test "greets the world, or each name" {
    try expectPrint("Hello, world!\n", &.{});
    try expectPrint("Hello, Ada!\nHello, Grace!\n", &.{ "Ada", "Grace" });
    try expectPrint("Hello, !\nHello, -!\n", &.{ "", "-" });
}

test "takes what follows two dashes for names" {
    try expectPrint("Hello, world!\n", &.{"--"});
    try expectPrint("Hello, Ada!\nHello, --count!\nHello, --!\n", &.{ "Ada", "--", "--count", "--" });
}

test "counts, with nothing beside" {
    const refusal = "wasm-example: --count takes no other argument\nTry 'wasm-example --help'.\n";
    try std.testing.expectEqual(.count, try parse(std.testing.failing_allocator, &.{"--count"}));
    try expectRefuse(refusal, &.{ "--count", "Ada" });
    try expectRefuse(refusal, &.{ "--count", "--" });
}

test "refuses the first unknown option before all else" {
    const refusal = "wasm-example: unknown option '--loud'\nTry 'wasm-example --help'.\n";
    try expectRefuse(refusal, &.{ "--help", "--loud", "-x" });
    try expectRefuse(refusal, &.{ "Ada", "--count", "--loud" });
}

test "explains itself rather than count" {
    try expectPrint(usage, &.{ "--count", "--help", "Ada" });
}
