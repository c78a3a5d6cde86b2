//! Answers a request: all that the program does but input and output.

const std = @import("std");
const Allocator = std.mem.Allocator;
const print = std.fmt.allocPrint;

const query = @import("query.zig");

/// The largest body that `/echo` takes, in bytes.
pub const max_body = 1 << 20;

/// A request as the variables of CGI 1.1 describe it: bytes that need not be UTF-8.
pub const Request = struct {
    method: []const u8,
    path: []const u8,
    query: []const u8,
    accept: []const u8,
    accept_language: []const u8,
    content_type: []const u8,
    user_agent: []const u8,
    request_id: []const u8,
    body: []const u8 = "",

    /// Takes all but the body from the environment, as `NAME=value`, which must live as long as the request.
    pub fn init(environment: []const []const u8) Request {
        return .{
            .method = variable(environment, "REQUEST_METHOD", ""),
            .path = variable(environment, "PATH_INFO", "/"),
            .query = variable(environment, "QUERY_STRING", ""),
            .accept = variable(environment, "HTTP_ACCEPT", ""),
            .accept_language = variable(environment, "HTTP_ACCEPT_LANGUAGE", ""),
            // WAGI 0.8.1 leaves `CONTENT_TYPE` empty and has the header as it came.
            .content_type = variable(environment, "CONTENT_TYPE", variable(environment, "HTTP_CONTENT_TYPE", "")),
            .user_agent = variable(environment, "HTTP_USER_AGENT", ""),
            .request_id = variable(environment, "HTTP_X_REQUEST_ID", ""),
        };
    }

    /// Whether the answer depends on the body, so that it has to be read.
    pub fn takesBody(request: *const Request) bool {
        return equal(request.path, "/echo") and equal(request.method, "POST");
    }

    /// Whether the client wants the headers alone.
    pub fn isHead(request: *const Request) bool {
        return equal(request.method, "HEAD");
    }
};

pub const Status = enum(u16) {
    ok = 200,
    bad_request = 400,
    not_found = 404,
    method_not_allowed = 405,
    content_too_large = 413,

    fn reason(status: Status) []const u8 {
        return switch (status) {
            .ok => "OK",
            .bad_request => "Bad Request",
            .not_found => "Not Found",
            .method_not_allowed => "Method Not Allowed",
            .content_too_large => "Content Too Large",
        };
    }
};

/// The answer to a request.
pub const Response = struct {
    status: Status = .ok,
    content_type: []const u8 = "text/plain; charset=utf-8",
    /// A header line beyond those that every response has.
    extra: []const u8 = "",
    body: []const u8,

    /// The header lines of CGI and the empty line after them.
    pub fn head(response: *const Response, arena: Allocator) Allocator.Error![]const u8 {
        const status = response.status;
        const status_line = switch (status) {
            .ok => "",
            else => try print(arena, "status: {d} {s}\n", .{ @backingInt(status), status.reason() }),
        };
        return print(arena, "{s}content-type: {s}\ncontent-length: {d}\n{s}\n", .{
            status_line, response.content_type, response.body.len, response.extra,
        });
    }
};

/// Answers a request whose body is there if it takes one.
pub fn respond(arena: Allocator, request: *const Request) Allocator.Error!Response {
    const path = request.path;
    const method = request.method;
    if (equal(path, "/echo")) {
        if (!equal(method, "POST")) return refuse(arena, .method_not_allowed, "allow: POST\n");
        return echo(arena, request);
    }
    if (!equal(path, "/") and !equal(path, "/request")) return refuse(arena, .not_found, "");
    if (!equal(method, "GET") and !equal(method, "HEAD"))
        return refuse(arena, .method_not_allowed, "allow: GET, HEAD\n");
    return if (equal(path, "/")) greet(arena, request) else describe(arena, request);
}

/// What goes to the log: `GET /request 200`, on one line whatever the path holds.
pub fn logLine(arena: Allocator, request: *const Request, response: *const Response) Allocator.Error![]const u8 {
    const line = try print(arena, "{s} {s} {d}\n", .{ request.method, request.path, @backingInt(response.status) });
    for (line[0 .. line.len - 1]) |*byte| {
        if (std.ascii.isControl(byte.*)) byte.* = '?';
    }
    return line;
}

fn greet(arena: Allocator, request: *const Request) Allocator.Error!Response {
    const name = try query.parameter(arena, request.query, "name");
    if (!std.unicode.utf8ValidateSlice(name)) return refuse(arena, .bad_request, "");
    return .{ .body = try print(arena, "Hello, {s}!\n", .{either(name, "world")}) };
}

/// Shows the request, without the rest of the environment: it may hold secrets.
fn describe(arena: Allocator, request: *const Request) Allocator.Error!Response {
    // HEAD has the headers of GET, so the length is that of what GET shows.
    var body: std.ArrayList(u8) = .empty;
    try body.print(arena, "method: GET\npath: {s}\nquery: {s}\n", .{ request.path, request.query });
    for ([_][2][]const u8{
        .{ "accept", request.accept },
        .{ "accept-language", request.accept_language },
        .{ "content-type", request.content_type },
        .{ "user-agent", request.user_agent },
        .{ "x-request-id", request.request_id },
    }) |header| {
        const name, const value = header;
        if (value.len > 0) try body.print(arena, "{s}: {s}\n", .{ name, value });
    }
    return .{ .body = body.items };
}

fn echo(arena: Allocator, request: *const Request) Allocator.Error!Response {
    const body = request.body;
    if (body.len > max_body) return refuse(arena, .content_too_large, "");
    return .{
        .content_type = either(request.content_type, "application/octet-stream"),
        .extra = try print(arena, "x-body-bytes: {d}\n", .{body.len}),
        .body = body,
    };
}

fn refuse(arena: Allocator, status: Status, extra: []const u8) Allocator.Error!Response {
    return .{ .status = status, .extra = extra, .body = try print(arena, "{s}\n", .{status.reason()}) };
}

/// The value of a variable, or the fallback where it is empty or not set.
fn variable(environment: []const []const u8, name: []const u8, fallback: []const u8) []const u8 {
    for (environment) |entry| {
        const key, const value = std.mem.cutScalar(u8, entry, '=') orelse continue;
        if (equal(key, name)) return either(value, fallback);
    }
    return fallback;
}

fn either(value: []const u8, fallback: []const u8) []const u8 {
    return if (value.len > 0) value else fallback;
}

fn equal(a: []const u8, b: []const u8) bool {
    return std.mem.eql(u8, a, b);
}

/// A request and what became of it.
const Exchange = struct {
    arena: std.heap.ArenaAllocator,
    head: []const u8,
    body: []const u8,
    log: []const u8,

    fn init(environment: []const []const u8, body: []const u8) !Exchange {
        var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
        errdefer arena.deinit();
        const allocator = arena.allocator();
        var request: Request = .init(environment);
        request.body = body;
        const response = try respond(allocator, &request);
        const head = try response.head(allocator);
        const log = try logLine(allocator, &request, &response);
        return .{ .arena = arena, .head = head, .body = response.body, .log = log };
    }

    fn deinit(exchange: Exchange) void {
        exchange.arena.deinit();
    }
};

const expectEqualStrings = std.testing.expectEqualStrings;

test "greets the world" {
    const exchange: Exchange = try .init(&.{"REQUEST_METHOD=GET"}, "");
    defer exchange.deinit();
    try expectEqualStrings("content-type: text/plain; charset=utf-8\ncontent-length: 14\n\n", exchange.head);
    try expectEqualStrings("Hello, world!\n", exchange.body);
    try expectEqualStrings("GET / 200\n", exchange.log);
}

test "greets a name" {
    const exchange: Exchange = try .init(&.{ "REQUEST_METHOD=GET", "QUERY_STRING=name=%C3%89va" }, "");
    defer exchange.deinit();
    try expectEqualStrings("Hello, Éva!\n", exchange.body);
}

test "refuses a name that is not UTF-8" {
    const exchange: Exchange = try .init(&.{ "REQUEST_METHOD=GET", "QUERY_STRING=name=%FF" }, "");
    defer exchange.deinit();
    try std.testing.expectStringStartsWith(exchange.head, "status: 400 Bad Request\n");
    try expectEqualStrings("Bad Request\n", exchange.body);
}

test "shows the listed headers that are there" {
    const exchange: Exchange = try .init(&.{
        "REQUEST_METHOD=GET",
        "PATH_INFO=/request",
        "QUERY_STRING=a=%20",
        "HTTP_USER_AGENT=test",
        "CONTENT_TYPE=",
        "HTTP_CONTENT_TYPE=text/css",
        "HTTP_COOKIE=secret",
    }, "");
    defer exchange.deinit();
    try expectEqualStrings(
        "method: GET\npath: /request\nquery: a=%20\ncontent-type: text/css\nuser-agent: test\n",
        exchange.body,
    );
}

test "has the same headers for HEAD as for GET" {
    const get: Exchange = try .init(&.{ "REQUEST_METHOD=GET", "PATH_INFO=/request" }, "");
    defer get.deinit();
    const head: Exchange = try .init(&.{ "REQUEST_METHOD=HEAD", "PATH_INFO=/request" }, "");
    defer head.deinit();
    try expectEqualStrings(get.head, head.head);
}

test "echoes the body" {
    const exchange: Exchange = try .init(&.{ "REQUEST_METHOD=POST", "PATH_INFO=/echo" }, "a\x00\xff");
    defer exchange.deinit();
    try expectEqualStrings(
        "content-type: application/octet-stream\ncontent-length: 3\nx-body-bytes: 3\n\n",
        exchange.head,
    );
    try expectEqualStrings("a\x00\xff", exchange.body);
}

test "takes a body of one mebibyte and no more" {
    const bytes: [max_body + 1]u8 = @splat('a');
    const largest: Exchange = try .init(&.{ "REQUEST_METHOD=POST", "PATH_INFO=/echo" }, bytes[0..max_body]);
    defer largest.deinit();
    try expectEqualStrings("POST /echo 200\n", largest.log);
    const larger: Exchange = try .init(&.{ "REQUEST_METHOD=POST", "PATH_INFO=/echo" }, &bytes);
    defer larger.deinit();
    try expectEqualStrings("POST /echo 413\n", larger.log);
}

test "names the methods that a path allows" {
    const start = "status: 405 Method Not Allowed\ncontent-type: text/plain; charset=utf-8\ncontent-length: 19\n";
    const post: Exchange = try .init(&.{ "REQUEST_METHOD=POST", "PATH_INFO=/" }, "");
    defer post.deinit();
    try expectEqualStrings(start ++ "allow: GET, HEAD\n\n", post.head);
    const get: Exchange = try .init(&.{ "REQUEST_METHOD=GET", "PATH_INFO=/echo" }, "");
    defer get.deinit();
    try expectEqualStrings(start ++ "allow: POST\n\n", get.head);
}

test "logs an unknown path on one line" {
    const exchange: Exchange = try .init(&.{ "REQUEST_METHOD=GET", "PATH_INFO=/a\nb\x7f" }, "");
    defer exchange.deinit();
    try expectEqualStrings("GET /a?b? 404\n", exchange.log);
}
