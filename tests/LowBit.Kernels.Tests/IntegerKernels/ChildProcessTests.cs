using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>
/// One child process runs every body on guarded pages (an over-read ends it) and writes the machine code of the inner loops (a call in one would cost
/// several times the loop).
/// </summary>
public sealed class ChildProcessTests(ChildProcessTests.Child child) : IClassFixture<ChildProcessTests.Child>
{
    [Fact]
    public void No_kernel_reads_past_its_buffers()
    {
        Assert.True(child.ExitCode == 0, $"the child ended with code {child.ExitCode}; its last case was: {child.LastLine}\n{child.Errors}");
        Assert.Equal(GuardPageCases.Done, child.LastLine);
    }

    [Fact]
    public void Inner_loops_contain_no_call()
    {
        string call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? " bl " : " call ";
        string[] listings = child.Listing.Split("; Assembly listing for method ");
        string[] loops = [.. listings.Where(IsInnerLoop)];
        Assert.True(loops.Length >= 8, $"only {loops.Length} inner loops were compiled:\n{child.Errors}");
        foreach (string loop in loops)
        {
            Assert.DoesNotContain(call, loop, StringComparison.Ordinal);
        }
    }

    private static bool IsInnerLoop(string listing)
        => listing.StartsWith("LowBit.Kernels.IntegerKernels.", StringComparison.Ordinal)
            && listing[..listing.IndexOf(':', StringComparison.Ordinal)].Contains("Tile`", StringComparison.Ordinal);

    /// <summary>The child, run once.</summary>
    public sealed class Child
    {
        public Child()
        {
            string listing = Path.Combine(Path.GetTempPath(), $"lowbit-listing-{Environment.ProcessId}.txt");
            string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
            var start = new ProcessStartInfo(host, [typeof(Child).Assembly.Location, "guard-pages"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_JitDisasm"] = "Run Four One";
            start.Environment["DOTNET_JitStdOutFile"] = listing;
            start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
            try
            {
                using Process process = Process.Start(start)!;
                Task<string> errors = process.StandardError.ReadToEndAsync();
                string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                process.WaitForExit();
                LastLine = lines.Length == 0 ? "" : lines[^1];
                ExitCode = process.ExitCode;
                Errors = errors.Result;
                Listing = File.Exists(listing) ? File.ReadAllText(listing) : "";
            }
            finally
            {
                File.Delete(listing);
            }
        }

        public int ExitCode { get; }

        public string LastLine { get; }

        public string Errors { get; }

        public string Listing { get; }
    }
}
