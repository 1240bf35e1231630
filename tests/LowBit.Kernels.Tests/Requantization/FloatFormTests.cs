using LowBit.Kernels.Requantization;
using Xunit;

namespace LowBit.Kernels.Tests.Requantization;

/// <summary>The form in single precision is the rule itself, or there is none.</summary>
public class FloatFormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(255)]
    public void A_form_that_is_found_gives_the_rules_integers(int high)
    {
        var random = new Random(high);
        int found = 0;
        for (int i = 0; i < 400; i++)
        {
            (int m, int n) = Requantizer.FixedPoint(Math.Pow(2, -20 * random.NextDouble()));
            long b = (1L << (n - 1)) + random.NextInt64(-(1L << n) * 9, (1L << n) * (high + 9));
            int low = random.Next(2);
            if (!FloatForm.TryFind(m, b, n, low, high, out float s, out float bias))
            {
                continue;
            }

            found++;
            for (int k = 0; k < 600; k++)
            {
                // Around steps, far away, and at the ends.
                long step = (((long)random.Next(high + 1) << n) - b) / m;
                long sum = (k % 3) switch { 0 => step + random.Next(-3, 4), 1 => random.NextInt64(int.MinValue, 1L << 31), _ => k % 2 == 0 ? int.MinValue : int.MaxValue };
                int acc = (int)Math.Clamp(sum, int.MinValue, int.MaxValue);
                int code = (int)Math.Clamp(MathF.Round(MathF.FusedMultiplyAdd(acc, s, bias), MidpointRounding.ToEven), low, high);
                Assert.Equal(Requantizer.Apply(acc, m, b, n, low, high), code);
            }
        }

        Assert.True(found > (high > 15 ? 20 : 300), $"only {found} of 400 rules had a form");
    }

    [Fact]
    public void Rules_with_one_result_have_a_form()
    {
        Assert.True(FloatForm.TryFind(0, 7L << 31, 31, 0, 15, out float s, out float b));
        Assert.Equal((0f, 7f), (s, b));
        Assert.True(FloatForm.TryFind(1 << 30, -(1L << 61), 40, 0, 15, out s, out b));
        Assert.True(MathF.FusedMultiplyAdd(1000, s, b) <= 0, "no small sum reaches the first step");
    }

    // A step every 2^24 and a bit: no two neighbouring sums there differ in single precision.
    [Fact]
    public void Steps_finer_than_single_precision_have_none()
        => Assert.False(FloatForm.TryFind(int.MaxValue, (1L << 54) + (12345L << 31), 55, 0, 255, out _, out _));
}
