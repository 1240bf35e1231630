using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.PostTraining;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class AdaRoundTests
{
    private static readonly AdaRoundOptions s_options = new() { Iterations = 600, Batch = 64 };

    public static TheoryData<int, int, int, bool> Grids => new()
    {
        // low, stride, levels, rectified
        { -1, 2, 2, false },
        { -1, 1, 3, true },
        { -7, 1, 15, false },
        { -8, 1, 16, true },
        { -3, 2, 4, false },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void No_channel_is_worse_than_nearest_and_codes_are_neighbours_of_the_weight(int low, int stride, int levels, bool isRectified)
    {
        RoundingProblem problem = Problem(12, 4, 200, low, stride, levels, isRectified);
        (sbyte[] codes, double nearest, double loss) = AdaRound.Solve(CpuDevice.Shared, problem, s_options, default);
        var rounded = new sbyte[codes.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            int below = RoundingProblem.Below(problem.Place(i));
            Assert.True(codes[i] == problem.Code(below) || codes[i] == problem.Code(below + 1), $"{problem.Weights[i]} became {codes[i]}");
            rounded[i] = (sbyte)problem.Code((int)MathF.Round(problem.Place(i), MidpointRounding.ToEven));
        }

        double[] before = Losses(problem, rounded), after = Losses(problem, codes);
        Assert.All(before.Zip(after), pair => Assert.True(pair.Second <= pair.First * (1 + 1e-6), $"{pair.Second} after {pair.First}"));
        Assert.Equal(before.Sum(), nearest, 1e-5 * nearest);
        Assert.Equal(after.Sum(), loss, 1e-5 * nearest);

        // Correlated inputs: there is much to win where few weights are clipped.
        Assert.True(loss <= nearest && (levels < 15 || loss < 0.8 * nearest), $"{loss} after {nearest}");
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void The_best_of_all_roundings_is_found_or_nearly_so(int low, int stride, int levels, bool isRectified)
    {
        RoundingProblem problem = Problem(8, 1, 300, low, stride, levels, isRectified);
        double best = double.PositiveInfinity;
        for (int choice = 0; choice < 256; choice++)
        {
            sbyte[] codes = [.. Enumerable.Range(0, 8).Select(i => (sbyte)problem.Code(RoundingProblem.Below(problem.Place(i)) + ((choice >> i) & 1)))];
            best = Math.Min(best, Losses(problem, codes)[0]);
        }

        (_, double nearest, double loss) = AdaRound.Solve(CpuDevice.Shared, problem, s_options, default);
        Assert.True(loss >= best * (1 - 1e-5) && loss <= best + (0.25 * (nearest - best)), $"{loss}, nearest {nearest}, best {best}");
    }

    [Fact]
    public void Soft_rounding_starts_at_the_weights_and_is_cut_at_its_ends()
    {
        Assert.Equal(0.5f, AdaRound.Soft(0));
        Assert.Equal(0f, AdaRound.Soft(-3));
        Assert.Equal(1f, AdaRound.Soft(3));
        foreach (float h in new[] { 0.1f, 0.35f, 0.9f })
        {
            Assert.Equal(h, AdaRound.Soft(-MathF.Log((1.2f / (h + 0.1f)) - 1)), 1e-6f);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_codes()
    {
        RoundingProblem problem = Problem(12, 4, 200, -3, 1, 7, true);
        sbyte[] first = AdaRound.Solve(CpuDevice.Shared, problem, s_options, default).Codes;
        Assert.Equal(first, AdaRound.Solve(CpuDevice.Shared, problem, s_options, default).Codes);
    }

    [Theory]
    [InlineData(1, 1, 0, 4)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 1, 2)]
    [InlineData(5, 3, 2, 4)]
    public void Sampled_rows_times_weights_are_the_layers_outputs(int kernel, int stride, int padding, int groups)
    {
        CpuDevice device = CpuDevice.Shared;
        using var conv = new Conv2d(device, new ConvOptions(4, 8, kernel, stride, padding, groups));
        conv.Initialize(3);
        var site = new LayerSite("conv", conv, null, false, float.PositiveInfinity);
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Normal(device, new Shape(6, 7, 9, 4), 0, 1, new PhiloxKey(1, 2)), y = conv.Forward(x);
        var sampler = new PositionSampler(site, 6, new AdaRoundOptions { Positions = 60 }, 0);
        sampler.Take(x.ToArray(), x.Shape, y.ToArray());
        Assert.InRange(sampler.Positions, 6, 60);
        float[] weights = conv.Weight.ToArray();
        int length = weights.Length / 8;
        for (int p = 0; p < sampler.Positions; p++)
        {
            for (int o = 0; o < 8; o++)
            {
                List<float> rows = sampler.Inputs[o / (8 / groups)];
                float[] row = [.. rows.Skip(p * length).Take(length)], weight = weights[(o * length)..((o + 1) * length)];
                double sum = row.Zip(weight, (a, b) => (double)a * b).Sum();
                Assert.Equal(sum, sampler.Outputs[(p * 8) + o], Bounds.DotF32(row, weight));
            }
        }

        Assert.True(sampler.Outputs.Distinct().Count() > 30);
    }

    [Fact]
    public void All_positions_are_taken_where_they_fit()
    {
        using var linear = new Linear(CpuDevice.Shared, 3, 2);
        var sampler = new PositionSampler(new LayerSite("fc", linear, null, false, float.PositiveInfinity), 5, new AdaRoundOptions { Positions = 4 }, 0);
        sampler.Take([.. Enumerable.Range(0, 15).Select(i => (float)i)], new Shape(5, 3), new float[10]);
        Assert.Equal(4, sampler.Positions);
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], sampler.Inputs[0].Take(6));
    }

    [Theory]
    [InlineData(0, 0.01, 0.01)]
    [InlineData(10, 0, 0.01)]
    [InlineData(10, 0.01, -1)]
    public void Numbers_outside_their_range_are_rejected(int iterations, double rate, double lambda)
        => Assert.Throws<ArgumentException>(() => new AdaRoundOptions { Iterations = iterations, Rate = rate, Lambda = lambda }.Validate());

    /// <summary>Inputs with a common part, so that roundings can cancel; some weights lie beyond the grid.</summary>
    private static RoundingProblem Problem(int length, int channels, int positions, int low, int stride, int levels, bool isRectified)
    {
        var random = new Random(7);
        float[] weights = [.. Enumerable.Range(0, length * channels).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        float[] steps = [.. Enumerable.Range(0, channels).Select(c => 2.1f / (levels * stride))];
        var inputs = new float[positions * length];
        for (int p = 0; p < positions; p++)
        {
            double common = random.NextDouble();
            for (int i = 0; i < length; i++)
            {
                inputs[(p * length) + i] = (float)(common + (0.3 * random.NextDouble()));
            }
        }

        float[] factors = [.. Enumerable.Range(0, channels).Select(c => c % 2 == 0 ? 1.5f : -0.5f)], shifts = [.. Enumerable.Range(0, channels).Select(c => 0.2f * c)];
        var targets = new float[positions * channels];
        for (int i = 0; i < targets.Length; i++)
        {
            (int p, int c) = (i / channels, i % channels);
            double sum = Enumerable.Range(0, length).Sum(k => (double)inputs[(p * length) + k] * weights[(c * length) + k]);
            double real = (factors[c] * sum) + shifts[c];
            targets[i] = (float)(isRectified ? Math.Max(real, 0) : real);
        }

        return new RoundingProblem
        {
            Inputs = inputs,
            Targets = targets,
            Positions = positions,
            Length = length,
            Channels = channels,
            Weights = weights,
            Steps = steps,
            Factors = factors,
            Shifts = shifts,
            IsRectified = isRectified,
            Cap = float.PositiveInfinity,
            Low = low,
            Stride = stride,
            Levels = levels,
        };
    }

    /// <summary>The loss in doubles, straight from its definition.</summary>
    private static double[] Losses(RoundingProblem p, sbyte[] codes)
    {
        var losses = new double[p.Channels];
        for (int row = 0; row < p.Positions; row++)
        {
            for (int c = 0; c < p.Channels; c++)
            {
                double sum = Enumerable.Range(0, p.Length).Sum(k => (double)p.Inputs[(row * p.Length) + k] * p.Steps[c] * codes[(c * p.Length) + k]);
                double real = (p.Factors[c] * sum) + p.Shifts[c];
                double error = (p.IsRectified ? Math.Max(real, 0) : real) - p.Targets[(row * p.Channels) + c];
                losses[c] += error * error / p.Positions;
            }
        }

        return losses;
    }
}
