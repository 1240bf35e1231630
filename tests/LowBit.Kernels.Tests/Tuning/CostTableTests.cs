using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;
using Xunit;

namespace LowBit.Kernels.Tests.Tuning;

public sealed class CostTableTests : IDisposable
{
    private static readonly ConvShape s_shape = new(1, 8, 8, 16, 16, 3, 3, 1, 1);
    private static readonly RangeProof s_proof = RangeProof.Create(4, 15, s_shape.ReductionLength);
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"lowbit-costs-{Guid.NewGuid():N}.txt");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_table_survives_its_file()
    {
        CostTable table = Sample();
        table.Save(_file);
        CostTable copy = CostTable.Load(_file);
        Assert.Equal(table.Count, copy.Count);
        Assert.True(copy.TryGet("b", LayerKey.Of(s_shape, s_proof), out double microseconds));
        Assert.Equal(0.1 + 0.2, microseconds);
        Assert.False(copy.TryGet("b", LayerKey.Of(s_shape with { Batch = 2 }, s_proof), out _));
    }

    [Fact]
    public void Setting_a_row_twice_keeps_the_last()
    {
        var table = new CostTable();
        LayerKey layer = LayerKey.Of(s_shape, s_proof);
        table.Set("a", layer, 1, 1);
        table.Set("a", layer, 2, 1);
        Assert.Equal(1, table.Count);
        Assert.True(table.TryGet("a", layer, out double microseconds));
        Assert.Equal(2, microseconds);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Set("a", layer, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Set("a", layer, 1, double.NegativeInfinity));
    }

    [Fact]
    public void The_measured_kernel_wins_whatever_the_model_says()
    {
        IReadOnlyList<IntegerConvKernel> candidates = KernelRegistry.Candidates(s_shape, s_proof, CpuFeatures.Best);
        foreach (IntegerConvKernel favourite in candidates)
        {
            var table = new CostTable();
            foreach (IntegerConvKernel kernel in candidates)
            {
                table.Set(kernel.ToString(), LayerKey.Of(s_shape, s_proof), kernel == favourite ? 1 : 2, kernel.EstimateCycles(s_shape, s_proof));
            }

            KernelChoice choice = table.Choose(s_shape, s_proof, CpuFeatures.Best);
            Assert.Same(favourite, choice.Kernel);
            Assert.True(choice.IsMeasured);
            Assert.StartsWith("measured 1.0 us", choice.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_rows_the_model_decides_and_with_rows_of_another_layer_their_ratio()
    {
        KernelChoice plain = new CostTable().Choose(s_shape, s_proof, CpuFeatures.Best);
        Assert.Same(KernelRegistry.Find(s_shape, s_proof, CpuFeatures.Best), plain.Kernel);
        Assert.False(plain.IsMeasured);

        // The model's favourite was seen to be a million times slower than the model says: every other candidate is better.
        var table = new CostTable();
        ConvShape other = s_shape with { Height = 16 };
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(other, s_proof, CpuFeatures.Best))
        {
            double cycles = kernel.EstimateCycles(other, s_proof);
            table.Set(kernel.ToString(), LayerKey.Of(other, s_proof), cycles * (kernel == plain.Kernel ? 1e6 : 1) / 2500, cycles);
        }

        KernelChoice choice = table.Choose(s_shape, s_proof, CpuFeatures.Best);
        Assert.NotSame(plain.Kernel, choice.Kernel);
        Assert.False(choice.IsMeasured);
        Assert.StartsWith("estimated", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_another_machine_is_refused()
    {
        Sample().Save(_file);
        string text = File.ReadAllText(_file);
        string changed = text[..text.LastIndexOf("crc32c ", StringComparison.Ordinal)].Replace(CostTable.Machine, "another", StringComparison.Ordinal);
        File.WriteAllText(_file, changed + $"crc32c {Checksum.Crc32C(System.Text.Encoding.UTF8.GetBytes(changed)):x8}\n");
        Assert.Equal("machine", Assert.Throws<LowBitFormatException>(() => CostTable.Load(_file)).Field);
    }

    [Theory]
    [InlineData("a\tx\t1\t1 8 8 16 16 3 3 1 1 1 4 4")]
    [InlineData("a\t1\t1\t1 8 8 16 16 3 3 1 1 1 4")]
    [InlineData("a\t1\t1\t1 8 8 16 16 3 3 1 1 1 4 9")]
    [InlineData("a\t1\t1\t1 8 8 16 16 3 3 0 1 1 4 4")]
    [InlineData("a\t-1\t1\t1 8 8 16 16 3 3 1 1 1 4 4")]
    [InlineData("a\tNaN\t1\t1 8 8 16 16 3 3 1 1 1 4 4")]
    [InlineData("\t1\t1\t1 8 8 16 16 3 3 1 1 1 4 4")]
    public void A_broken_row_with_a_good_checksum_is_refused(string row)
    {
        string text = $"lowbit-costs 1\n{CostTable.Machine}\n{row}\n";
        File.WriteAllText(_file, text + $"crc32c {Checksum.Crc32C(System.Text.Encoding.UTF8.GetBytes(text)):x8}\n");
        Assert.Equal("row", Assert.Throws<LowBitFormatException>(() => CostTable.Load(_file)).Field);
    }

    [Fact]
    public void Any_damage_is_noticed()
    {
        Sample().Save(_file);
        byte[] good = File.ReadAllBytes(_file);
        Gen<byte[]> damage = from at in Gen.Choose(0, good.Length - 1)
                             from bit in Gen.Choose(0, 7)
                             from cut in Gen.Choose(0, 3)
                             select cut == 0 ? good[..at] : Flip(good, at, bit);
        Prop.ForAll(damage.ToArbitrary(), bytes =>
        {
            File.WriteAllBytes(_file, bytes);
            Assert.Throws<LowBitFormatException>(() => CostTable.Load(_file));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20261121, 7));
    }

    private static byte[] Flip(byte[] bytes, int at, int bit)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= (byte)(1 << bit);
        return copy;
    }

    private static CostTable Sample()
    {
        var table = new CostTable();
        LayerKey layer = LayerKey.Of(s_shape, s_proof);
        table.Set("a", layer, 12.5, 30000);
        table.Set("b", layer, 0.1 + 0.2, 1);
        table.Set("a", layer with { WeightBits = 1 }, 7, 100);
        return table;
    }
}
