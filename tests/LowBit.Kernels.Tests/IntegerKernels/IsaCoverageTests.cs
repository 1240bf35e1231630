using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Kernels.Tests.IntegerKernels;

public class IsaCoverageTests(ITestOutputHelper output)
{
    [Fact]
    public void Required_instruction_sets_are_covered()
    {
        Isa[] covered = [.. KernelRegistry.Entries.Where(entry => entry.IsSupported && entry.Key.Family != KernelRegistry.ReferenceFamily).Select(entry => entry.Key.Isa).Distinct()];
        IEnumerable<Isa> skipped = Enum.GetValues<Isa>().Except(covered);
        string line = $"integer kernels: tested {Words(covered)}; skipped {Words(skipped)}; chosen by default {CpuFeatures.Word(CpuFeatures.Best)}";
        output.WriteLine(line);
        Console.WriteLine(line);
        string? failure = IsaCoverage.Failure(Environment.GetEnvironmentVariable(IsaCoverage.Variable), covered);
        Assert.True(failure is null, failure);
    }

    [Fact]
    public void A_skipped_or_unknown_instruction_set_fails_the_run()
    {
        Assert.Null(IsaCoverage.Failure(null, [Isa.Scalar]));
        Assert.Null(IsaCoverage.Failure("scalar, avx2", [Isa.Scalar, Isa.Avx2]));
        Assert.Contains("demands avx512", IsaCoverage.Failure("avx2,avx512", [Isa.Scalar, Isa.Avx2]), StringComparison.Ordinal);
        Assert.Contains("'avx1024'", IsaCoverage.Failure("avx1024", [Isa.Scalar]), StringComparison.Ordinal);
    }

    private static string Words(IEnumerable<Isa> isas)
    {
        string words = string.Join(", ", isas.Select(CpuFeatures.Word));
        return words.Length == 0 ? "none" : words;
    }
}
