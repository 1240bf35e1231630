using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tests.IntegerKernels;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>Every vector body against the reference, within the error bound of its sums, for all shapes of the table.</summary>
public sealed class Conv2dTests
{
    public static TheoryData<ConvDirection, int> Cases
    {
        get
        {
            var data = new TheoryData<ConvDirection, int>();
            foreach (ConvDirection direction in Enum.GetValues<ConvDirection>())
            {
                for (int i = 0; i < ConvCase.All.Length; i++)
                {
                    data.Add(direction, i);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Vector_bodies_agree_with_the_reference(ConvDirection direction, int number)
    {
        ConvCase test = ConvCase.All[number];
        using var pool = new WorkerPool(2);
        foreach (Fill fill in new[] { Fill.AllMin, Fill.Alternating, Fill.Random })
        {
            using var problem = new FloatConvProblem(test.Shape, fill, seed: number);
            foreach (float start in new[] { 0.25f, 0 })
            {
                float[] expected = problem.Run(direction, Isa.Scalar, pool, start);
                float[] magnitudes = problem.Magnitudes(direction, pool, start);
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    float[] actual = problem.Run(direction, isa, pool, start);
                    AssertClose(expected, actual, magnitudes, problem.Depth(direction) + 2, $"{direction} {isa} {fill}, from {start}: {test}");
                }
            }
        }
    }

    [Fact]
    public void Random_shapes_agree_with_the_reference()
    {
        var random = new Random(20261121);
        using var pool = new WorkerPool(2);
        for (int i = 0; i < 60; i++)
        {
            ConvShape shape = RandomShape(random);
            float start = i % 2 == 0 ? -0.5f : 0;
            using var problem = new FloatConvProblem(shape, Fill.Random, seed: i);
            foreach (ConvDirection direction in Enum.GetValues<ConvDirection>())
            {
                float[] expected = problem.Run(direction, Isa.Scalar, pool, start);
                float[] magnitudes = problem.Magnitudes(direction, pool, start);
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    float[] actual = problem.Run(direction, isa, pool, start);
                    AssertClose(expected, actual, magnitudes, problem.Depth(direction) + 2, $"{direction} {isa} {shape}");
                }
            }
        }
    }

    [Fact]
    public void Thread_count_changes_no_bit()
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        using var three = new WorkerPool(3);
        using var eight = new WorkerPool(8);
        foreach (ConvCase test in ConvCase.All)
        {
            using var problem = new FloatConvProblem(test.Shape, Fill.Random, seed: 5);
            foreach (ConvDirection direction in Enum.GetValues<ConvDirection>())
            {
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    float[] expected = problem.Run(direction, isa, one, start: 0.125f);
                    foreach (WorkerPool pool in new[] { two, three, eight })
                    {
                        Assert.True(
                            expected.AsSpan().SequenceEqual(problem.Run(direction, isa, pool, start: 0.125f)),
                            $"{direction} {isa} with {pool.ThreadCount} threads: {test}");
                    }
                }
            }
        }
    }

    /// <summary>
    /// The gradients are adjoint to the convolution: ⟨gy, x⊛w⟩ = ⟨gx, x⟩ = ⟨gw, w⟩, whatever the numbers. A window or a phase that is one
    /// off breaks this even where the reference has the same mistake.
    /// </summary>
    [Fact]
    public void Gradients_are_adjoint_to_the_convolution()
    {
        using var pool = new WorkerPool(2);
        foreach (ConvCase test in ConvCase.All)
        {
            using var problem = new FloatConvProblem(test.Shape, Fill.Random, seed: 11);

            // Σ|gy·x·w| over all triples (and the bias, which only adds).
            double total = 0;
            float[] magnitudes = problem.Magnitudes(ConvDirection.Forward, pool, 0);
            for (int i = 0; i < magnitudes.Length; i++)
            {
                total += Math.Abs(problem.Gy[i]) * (double)magnitudes[i];
            }

            foreach (Isa isa in CpuFeatures.Usable)
            {
                float[] y = problem.Run(ConvDirection.Forward, isa, pool, 0, withBias: false);
                float[] gx = problem.Run(ConvDirection.BackwardInput, isa, pool, 0);
                float[] gw = problem.Run(ConvDirection.BackwardWeights, isa, pool, 0);
                double forward = Inner(problem.Gy, y), input = Inner(problem.X, gx), weights = Inner(problem.W, gw);
                int depth = Math.Max(problem.Depth(ConvDirection.BackwardWeights), problem.Depth(ConvDirection.BackwardInput)) + problem.Depth(ConvDirection.Forward);
                double bound = Bounds.Gamma(depth + 4) * total;
                Assert.True(Math.Abs(forward - input) <= bound, $"input, {isa}: {forward} and {input} ± {bound}, {test}");
                Assert.True(Math.Abs(forward - weights) <= bound, $"weights, {isa}: {forward} and {weights} ± {bound}, {test}");
            }
        }
    }

    [Fact]
    public void Steps_after_the_first_allocate_nothing()
    {
        using var pool = new WorkerPool(1);
        using var problem = new AllocationProbe(new ConvShape(4, 8, 8, 16, 32, 3, 3, 2, 1));
        foreach (Isa isa in CpuFeatures.Usable)
        {
            Assert.Equal(0, Allocations.Least(() => problem.Step(pool, isa)));
        }
    }

    [Fact]
    public unsafe void Impossible_shapes_are_refused()
    {
        using var pool = new WorkerPool(1);
        var tooSmall = new ConvShape(1, 2, 2, 1, 1, 5, 5, 1, 1);
        Assert.Throws<ArgumentException>(() => Conv2d.Forward(tooSmall, null, null, null, null, pool, Isa.Scalar));
        Assert.Throws<ArgumentException>(() => Conv2d.BackwardInput(tooSmall, null, null, null, accumulate: true, pool, Isa.Scalar));
        Assert.Throws<ArgumentException>(() => Conv2d.BackwardWeights(tooSmall, null, null, null, pool, Isa.Scalar));
    }

    private static ConvShape RandomShape(Random random)
    {
        while (true)
        {
            int groups = random.Next(4) == 0 ? random.Next(2, 5) : 1;
            int kernelHeight = random.Next(1, 6), kernelWidth = random.Next(1, 6);
            var shape = new ConvShape(
                random.Next(1, 5), random.Next(1, 16), random.Next(1, 20), groups * random.Next(1, 24), groups * random.Next(1, 40),
                kernelHeight, kernelWidth, random.Next(1, 4), random.Next(0, Math.Min(kernelHeight, kernelWidth)), groups);
            if (shape.Height + (2 * shape.Padding) >= kernelHeight && shape.Width + (2 * shape.Padding) >= kernelWidth)
            {
                return shape;
            }
        }
    }

    private static void AssertClose(float[] expected, float[] actual, float[] magnitudes, int depth, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            // Not an xunit range: a NaN must fail too, and the message must be made for the failing element only.
            if (!(Math.Abs((double)expected[i] - actual[i]) <= Bounds.Dot(depth, magnitudes[i])))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]}, expected {expected[i]} ± {Bounds.Dot(depth, magnitudes[i])}");
            }
        }
    }

    private static double Inner(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
