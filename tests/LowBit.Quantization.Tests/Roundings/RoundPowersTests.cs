using LowBit.Kernels.Isas;
using LowBit.Quantization.Roundings;
using Xunit;

namespace LowBit.Quantization.Tests.Roundings;

public sealed class RoundPowersTests
{
    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(0.5f, 0f)]
    [InlineData(0.51f, 1f)]
    [InlineData(-0.51f, -1f)]
    [InlineData(4.9f, 4f)]
    [InlineData(5f, 4f)]
    [InlineData(5.1f, 6f)]
    [InlineData(-8.9f, -8f)]
    [InlineData(9.1f, 10f)]
    [InlineData(1e30f, 10f)]
    public void Four_bits_take_the_nearest_of_eight_magnitudes(float v, float code)
        => Assert.Equal(code, RoundPowers<PowerSums4>.Round<LanesScalar, float>(v));

    [Fact]
    public void Every_level_keeps_itself()
    {
        Check<PowerSums3>(4);
        Check<PowerSums4>(8);
        Check<PowerSums5>(16);
        Check<PowerSums6>(32);

        static void Check<T>(int count)
            where T : struct, IPowerSums
        {
            Assert.Equal(count, T.Magnitudes.Length);
            foreach (float level in T.Magnitudes)
            {
                Assert.Equal(level, RoundPowers<T>.Round<LanesScalar, float>(level));
                Assert.Equal(-level, RoundPowers<T>.Round<LanesScalar, float>(-level));
            }
        }
    }
}
