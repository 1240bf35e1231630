using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Tests.IntegerKernels;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.MatrixProducts;

/// <summary>The packed product against the definition, for every instruction set, transposition and way of storing.</summary>
public sealed unsafe class SgemmTests
{
    // Sizes and why: below, at and above one register tile and one block of the sum; the layers that use it.
    private static readonly (string Why, int M, int N, int K)[] s_sizes =
    [
        ("one product", 1, 1, 1),
        ("smaller than any tile", 3, 5, 7),
        ("a row", 1, 40, 33),
        ("a column", 40, 1, 33),
        ("exactly a tile and a block", 14, 32, 256),
        ("one more than a tile and a block", 15, 33, 257),
        ("one less", 13, 31, 255),
        ("one vector, 16 rows", 16, 16, 16),
        ("AVX2 tile", 6, 16, 20),
        ("classifier", 128, 10, 64),
        ("several chunks of rows and columns", 230, 100, 300),
        ("long sum", 5, 20, 1100),
        ("one step less than a block", 15, 33, 767),
        ("exactly a block", 15, 33, 768),
        ("one step more: two blocks", 15, 33, 769),
        ("exactly a group of 10 panels", 29, 320, 512),
        ("one column more: two groups", 29, 321, 512),
        ("two blocks, two groups, chunks of several tiles", 61, 450, 780),
    ];

    public static TheoryData<int, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (int i = 0; i < s_sizes.Length; i++)
            {
                data.Add(i, false, false);
                data.Add(i, true, false);
                data.Add(i, false, true);
                data.Add(i, true, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packed_products_agree_with_the_definition(int size, bool transposeA, bool transposeB)
    {
        (string why, int m, int n, int k) = s_sizes[size];
        var shape = new GemmShape(m, n, k, transposeA, transposeB);
        using var pool = new WorkerPool(2);
        foreach (Fill fill in new[] { Fill.AllMin, Fill.Alternating, Fill.Random })
        {
            using var a = Operand(m * k, fill, 1);
            using var b = Operand(k * n, fill, 2);
            foreach (bool accumulate in new[] { false, true })
            {
                float[] expected = Run(shape, a, b, accumulate, pool, Isa.Scalar);
                float[] magnitudes = Magnitudes(shape, a, b, pool);
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    float[] actual = Run(shape, a, b, accumulate, pool, isa);
                    for (int i = 0; i < actual.Length; i++)
                    {
                        double bound = Bounds.Dot(k + 2, magnitudes[i] + 0.75);
                        if (!(Math.Abs((double)actual[i] - expected[i]) <= bound))
                        {
                            Assert.Fail($"{why}, {shape}, {isa}, {fill}: element {i} is {actual[i]}, expected {expected[i]} ± {bound}");
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Thread_count_changes_no_bit()
    {
        using var one = new WorkerPool(1);
        foreach ((string why, int m, int n, int k) in s_sizes)
        {
            var shape = new GemmShape(m, n, k, TransposeB: true);
            using var a = Operand(m * k, Fill.Random, 3);
            using var b = Operand(k * n, Fill.Random, 4);
            foreach (Isa isa in CpuFeatures.Usable)
            {
                float[] expected = Run(shape, a, b, accumulate: true, one, isa);
                foreach (int threads in new[] { 2, 3, 8 })
                {
                    using var pool = new WorkerPool(threads);
                    Assert.True(expected.AsSpan().SequenceEqual(Run(shape, a, b, accumulate: true, pool, isa)), $"{why}, {isa}, {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void An_empty_sum_is_zero_or_leaves_c_alone()
    {
        using var pool = new WorkerPool(1);
        var shape = new GemmShape(2, 3, 0);
        float[] c = [1, 2, 3, 4, 5, 6];
        float nothing = 0;
        fixed (float* p = c)
        {
            foreach (Isa isa in CpuFeatures.Usable)
            {
                c[0] = 1;
                Sgemm.Multiply(shape, &nothing, &nothing, p, accumulate: true, pool, isa);
                Assert.Equal(1, c[0]);
                Sgemm.Multiply(shape, &nothing, &nothing, p, accumulate: false, pool, isa);
                Assert.All(c, value => Assert.Equal(0, value));
            }
        }
    }

    [Fact]
    public void Negative_sizes_are_refused()
    {
        using var pool = new WorkerPool(1);
        Assert.Throws<ArgumentException>(() => Sgemm.Multiply(new GemmShape(-1, 2, 2), null, null, null, false, pool, Isa.Scalar));
    }

    private static float[] Run(GemmShape shape, GuardedBuffer<float> a, GuardedBuffer<float> b, bool accumulate, WorkerPool pool, Isa isa)
    {
        using var c = new GuardedBuffer<float>(shape.M * shape.N);
        c.Span.Fill(accumulate ? 0.75f : float.NaN);
        Sgemm.Multiply(shape, a.Pointer, b.Pointer, c.Pointer, accumulate, pool, isa);
        c.Check($"{shape} {isa}");
        a.Check($"{shape} {isa}, A");
        b.Check($"{shape} {isa}, B");
        return c.Span.ToArray();
    }

    private static float[] Magnitudes(GemmShape shape, GuardedBuffer<float> a, GuardedBuffer<float> b, WorkerPool pool)
    {
        using var positiveA = Absolute(a);
        using var positiveB = Absolute(b);
        return Run(shape, positiveA, positiveB, accumulate: false, pool, Isa.Scalar);
    }

    private static GuardedBuffer<float> Absolute(GuardedBuffer<float> source)
    {
        var result = new GuardedBuffer<float>(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            result.Span[i] = MathF.Abs(source.Span[i]);
        }

        return result;
    }

    private static GuardedBuffer<float> Operand(int length, Fill fill, int seed)
    {
        var buffer = new GuardedBuffer<float>(length);
        FloatFill.Run(buffer.Span, fill, seed);
        return buffer;
    }
}
