using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Kernels.Tests.Isas;

/// <summary>What is usable here, and that limits only ever lower it.</summary>
public class CpuFeaturesTests(ITestOutputHelper output)
{
    [Fact]
    public void Usable_sets_are_supported_and_ordered()
    {
        output.WriteLine($"usable: {string.Join(", ", CpuFeatures.Usable.Select(CpuFeatures.Word))}");
        Assert.Equal(Isa.Scalar, CpuFeatures.Usable[0]);
        Assert.Equal(CpuFeatures.Best, CpuFeatures.Usable[^1]);
        Assert.All(CpuFeatures.Usable, static isa => Assert.True(CpuFeatures.IsSupported(isa)));
        Assert.Equal(CpuFeatures.Usable.Order(), CpuFeatures.Usable);
        Assert.Equal(Avx2.IsSupported && Fma.IsSupported, CpuFeatures.IsSupported(Isa.Avx2));
        Assert.False(CpuFeatures.IsSupported((Isa)99));
    }

    [Fact]
    public void The_required_sets_were_not_skipped()
    {
        // A build machine sets LOWBIT_REQUIRE_ISA=avx2,avx512 so that a switched-off instruction set is noticed.
        string[] required = (Environment.GetEnvironmentVariable("LOWBIT_REQUIRE_ISA") ?? "scalar").Split(',');
        Assert.All(required, word => Assert.Contains(word, CpuFeatures.Usable.Select(CpuFeatures.Word)));
    }

    [Theory]
    [InlineData(Isa.Scalar, "scalar")]
    [InlineData(Isa.Vector128, "vector128")]
    [InlineData(Isa.Avx2, "avx2")]
    [InlineData(Isa.Avx512, "avx512")]
    public void A_limit_lowers_but_never_raises(Isa isa, string word)
    {
        Assert.Equal(word, CpuFeatures.Word(isa));
        Isa limited = CpuFeatures.Limit(word);
        Assert.True(limited <= isa);
        Assert.True(CpuFeatures.IsSupported(limited));
        Assert.Equal(CpuFeatures.IsSupported(isa) ? isa : limited, limited);
        Assert.Equal(limited, CpuFeatures.Limit(word.ToUpperInvariant()));
    }

    [Fact]
    public void An_unknown_limit_is_refused()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => CpuFeatures.Limit("avx1024"));
        Assert.Contains("LOWBIT_ISA=avx1024", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => CpuFeatures.Word((Isa)99));
        Assert.Equal(CpuFeatures.Limit("avx512"), CpuFeatures.Limit(null));
        Assert.Equal(CpuFeatures.Limit(null), CpuFeatures.Widest);
        Assert.True(CpuFeatures.Best <= CpuFeatures.Widest);
        Assert.Equal(CpuFeatures.Limit("avx512"), CpuFeatures.Limit(""));
    }
}
