using LowBit.Methods.Allocation;
using Xunit;

namespace LowBit.Methods.Tests.Allocation;

public sealed class SensitivityTableTests
{
    [Theory]
    // Within the band nothing changes; the most bits are left alone.
    [InlineData(new[] { 2, 3, 4, 6 }, new[] { 0.9, 0.2, 0.02, 0 }, new[] { 0.9, 0.2, 0.02, 0 })]
    // Noise at many bits: at most a third for each bit, at least a sixteenth.
    [InlineData(new[] { 2, 3, 4, 6 }, new[] { 0.9, 0.8, -0.1, 0 }, new[] { 0.9, 0.3, 0.3 / 16, 0 })]
    [InlineData(new[] { 2, 4, 6 }, new[] { 0.9, 0.5, 0 }, new[] { 0.9, 0.1, 0 })]
    [InlineData(new[] { 2, 4, 6 }, new[] { 0.256, 0.0001, 0 }, new[] { 0.256, 0.001, 0 })]
    // From one bit to two the error falls by less.
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 0.9, 0.7, 0.5, 0 }, new[] { 0.9, 0.6, 0.2, 0 })]
    [InlineData(new[] { 1, 3, 4 }, new[] { 0.9, 0.7, 0 }, new[] { 0.9, 0.2, 0 })]
    // What gains by fewer bits costs nothing; what is lost entirely says nothing about the next.
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { -0.1, 0.4, 0.1, 0 }, new[] { 0.0, 0, 0, 0 })]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { double.PositiveInfinity, 0.4, 0.4, 0 }, new[] { double.PositiveInfinity, 0.4, 0.4 / 3, 0 })]
    [InlineData(new[] { 4 }, new[] { 0.0 }, new[] { 0.0 })]
    public void Growth_falls_with_the_bits_as_squared_errors_do(int[] widths, double[] measured, double[] expected)
    {
        double[] growth = new double[9];
        for (int i = 0; i < widths.Length; i++)
        {
            growth[widths[i]] = measured[i];
        }

        SensitivityTable.Steady(widths, growth);
        for (int i = 0; i < widths.Length; i++)
        {
            Assert.Equal(expected[i], growth[widths[i]], 1e-12);
        }
    }
}
