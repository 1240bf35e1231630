using LowBit.Kernels.Tests.IntegerKernels;

namespace LowBit.Kernels.Tests.MatrixProducts;

/// <summary>Fills float operands: constants first (they show missing or doubled products at once), then random numbers.</summary>
internal static class FloatFill
{
    public static void Run(Span<float> values, Fill fill, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = fill switch
            {
                Fill.AllMin => -1,
                Fill.AllMax => 1,
                Fill.Alternating => (i & 1) == 0 ? 1 : -0.5f,
                _ => (float)((2 * random.NextDouble()) - 1),
            };
        }
    }
}
