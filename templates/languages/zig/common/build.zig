//! Compiles the module, and runs the unit tests on this machine.

const std = @import("std");

pub fn build(b: *std.Build) void {
    const optimize = b.standardOptimizeOption(.{ .preferred_optimize_mode = .small });

    const program = b.addExecutable(.{
        .name = "wasm-example",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/main.zig"),
            .target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .wasi }),
            .optimize = optimize,
            .strip = optimize != .debug,
        }),
    });
    b.installArtifact(program);

    const tests = b.addTest(.{
        .name = "unit-tests",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/tests.zig"),
            .target = b.graph.host,
        }),
        // A debugger finds no variables in what Zig's own code generator makes.
        .use_llvm = true,
    });
    b.step("unit-tests", "Install the unit tests, for a debugger").dependOn(&b.addInstallArtifact(tests, .{}).step);

    // Not addRunArtifact: its protocol may cut off the output of a failed test.
    const run_tests = std.Build.Step.Run.create(b, "run unit-tests");
    run_tests.addArtifactArg(tests);
    run_tests.stdio = .inherit;
    b.step("test", "Run the unit tests").dependOn(&run_tests.step);
}
