using LowBit.Kernels.Convolutions;
using Xunit;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>The phases of a stride together hold every (input, tap, output) meeting exactly once.</summary>
public sealed class StridePhaseTests
{
    [Fact]
    public void Phases_cover_every_tap_of_every_position()
    {
        for (int kernel = 1; kernel <= 7; kernel++)
        {
            for (int stride = 1; stride <= 4; stride++)
            {
                for (int padding = 0; padding < kernel; padding++)
                {
                    CheckAxis(12, kernel, stride, padding);
                }
            }
        }
    }

    private static void CheckAxis(int length, int kernel, int stride, int padding)
    {
        int positions = 0;
        for (int phase = 0; phase < stride; phase++)
        {
            var axis = new StridePhase(kernel, stride, padding, phase);
            positions += axis.Count(length);
            for (int i = 0; i < axis.Count(length); i++)
            {
                var expected = new List<(int Tap, int Output)>();
                for (int u = 0; u < kernel; u++)
                {
                    int shifted = (stride * i) + phase + padding - u;
                    if (shifted % stride == 0)
                    {
                        expected.Add((u, shifted / stride));
                    }
                }

                var actual = new List<(int Tap, int Output)>();
                for (int t = axis.Taps - 1; t >= 0; t--)
                {
                    actual.Add((axis.KernelIndex(t), i + t - axis.Top));
                }

                Assert.Equal(expected, actual);
            }
        }

        Assert.Equal(length, positions);
    }
}
