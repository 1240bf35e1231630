using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Requantization;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels.Epilogues;

/// <summary>Every way in which a vector body requantizes a tile, against the scalar one.</summary>
public unsafe class EpilogueBodiesTests
{
    private const int Channels = 41;
    private const int Lanes = 32;

    [Theory]
    [InlineData(20, 15, false)]
    [InlineData(36, 15, false)]
    [InlineData(38, 255, false)]
    [InlineData(38, 200, true)]
    [InlineData(20, 255, true)]
    [InlineData(44, 3, true)]
    public void Bodies_equal_the_scalar_one(int shift, int high, bool hasResidual)
    {
        var random = new Random(shift + high);
        RequantizeTable table = Table(random, shift, high, hasResidual);
        Check<Epilogue512>(Isa.Avx512, table, random);
        Check<Epilogue256>(Isa.Avx2, table, random);
    }

    [Fact]
    public void Few_codes_take_the_form_in_single_precision_and_255_random_steps_do_not()
    {
        Assert.True(Table(new Random(1), 36, 15, false).HasFloatForm);
        Assert.False(Table(new Random(1), 38, 255, false).HasFloatForm);
        Assert.False(Table(new Random(1), 36, 15, true).HasFloatForm);
    }

    // Sums spread over the results: M·2^−shift is about high / 2^16.
    private static RequantizeTable Table(Random random, int shift, int high, bool hasResidual)
    {
        int[] m = new int[Channels], n = new int[Channels], r = new int[hasResidual ? Channels : 0];
        long[] b = new long[Channels];
        for (int c = 0; c < Channels; c++)
        {
            n[c] = shift - (c % 3);
            m[c] = (int)Math.Min(high * (0.5 + random.NextDouble()) * Math.Pow(2, shift - 17), int.MaxValue);
            b[c] = random.NextInt64(-(1L << n[c]), (long)high << n[c]);
            if (hasResidual)
            {
                r[c] = (int)Math.Min(random.NextDouble() * Math.Pow(2, n[c]), int.MaxValue);
            }
        }

        return new RequantizeTable(m, b, n, high > 200 ? 0 : 1, high, r);
    }

    private static void Check<E>(Isa isa, RequantizeTable table, Random random)
        where E : struct, IEpilogueBody
    {
        if (!CpuFeatures.IsSupported(isa))
        {
            return;
        }

        int* tile = stackalloc int[16 * Lanes];
        byte* expected = stackalloc byte[(16 * Channels) + 64], actual = stackalloc byte[(16 * Channels) + 64], residual = stackalloc byte[(16 * Channels) + 64];
        for (int pixels = 1; pixels <= 13; pixels++)
        {
            foreach ((int channel, int valid) in ((int, int)[])[(0, E.Lanes), (3, E.Lanes), (Channels - 5, 5)])
            {
                for (int i = 0; i < 16 * Lanes; i++)
                {
                    tile[i] = random.Next(8) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-70000, 70000);
                }

                var operand = new Span<byte>(residual, (16 * Channels) + 64);
                random.NextBytes(operand);
                new Span<byte>(expected, operand.Length).Fill(0xA5);
                new Span<byte>(actual, operand.Length).Fill(0xA5);
                var target = new EpilogueTarget(tile, Lanes, pixels, valid, channel, Channels, channel);
                byte* r = table.HasResidual ? residual : null;
                EpilogueScalar.Run(target, new Epilogue(table, expected, r));
                E.Run(target, new Epilogue(table, actual, r));
                Assert.True(
                    new ReadOnlySpan<byte>(expected, operand.Length).SequenceEqual(new ReadOnlySpan<byte>(actual, operand.Length)),
                    $"{typeof(E).Name}: {pixels} pixels, {valid} outputs from channel {channel} on");
            }
        }
    }
}
