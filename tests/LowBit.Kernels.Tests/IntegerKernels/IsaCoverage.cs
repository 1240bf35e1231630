using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Which instruction sets a test run covered, and which it had to.</summary>
internal static class IsaCoverage
{
    /// <summary>A comma-separated list of instruction sets that a run must cover; unset for none.</summary>
    public const string Variable = "LOWBIT_REQUIRE_ISA";

    /// <summary>What is wrong, or null when everything required was covered.</summary>
    public static string? Failure(string? required, IReadOnlyCollection<Isa> covered)
    {
        foreach (string word in (required ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Isa[] match = [.. Enum.GetValues<Isa>().Where(isa => CpuFeatures.Word(isa) == word)];
            if (match.Length == 0)
            {
                return $"{Variable} names '{word}', which is no instruction set";
            }

            if (!covered.Contains(match[0]))
            {
                return $"{Variable} demands {word}, but this run could not test it: the CPU or a switch of the runtime lacks it";
            }
        }

        return null;
    }
}
