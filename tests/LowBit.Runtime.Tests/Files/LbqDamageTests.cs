using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Files;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using Xunit;

namespace LowBit.Runtime.Tests.Files;

/// <summary>Whatever happens to a file, reading ends in a model or in one <see cref="LowBitFormatException"/>, without huge allocations.</summary>
public class LbqDamageTests
{
    private static readonly byte[] s_good = LbqWriter.ToBytes(SampleModel.Create());
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20261121, 7);

    [Fact]
    public void Every_cut_is_noticed()
    {
        for (int length = 0; length < s_good.Length; length += length < 400 ? 1 : 37)
        {
            Assert.Throws<LowBitFormatException>(() => LbqReader.Read(s_good.AsSpan(0, length), "cut.lbq"));
        }
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        for (int at = 0; at < s_good.Length; at++)
        {
            byte[] bytes = [.. s_good];
            bytes[at] ^= (byte)(1 << (at % 8));
            LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => LbqReader.Read(bytes, "flip.lbq"));
            Assert.StartsWith("flip.lbq: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Extended_files_are_noticed()
        => Check.One(s_config.WithMaxTest(50), Prop.ForAll(ArbMap.Default.GeneratorFor<byte>().NonEmptyListOf().ToArbitrary(), tail =>
            Refused([.. s_good, .. tail])));

    [Fact]
    public void Noise_is_refused()
        => Check.One(s_config.WithMaxTest(200), Prop.ForAll(ArbMap.Default.GeneratorFor<byte>().ArrayOf().ToArbitrary(), Refused));

    [Fact]
    public void Damage_with_right_checksums_never_escapes_as_another_exception()
    {
        Gen<(int At, byte Value)> edit = from at in Gen.Choose(0, s_good.Length - 1) from value in ArbMap.Default.GeneratorFor<byte>() select (at, value);
        Check.One(s_config.WithMaxTest(4000), Prop.ForAll(edit.NonEmptyListOf().ToArbitrary(), edits =>
        {
            byte[] bytes = [.. s_good];
            foreach ((int at, byte value) in edits.Take(4))
            {
                bytes[at] = value;
            }

            return RefusedOrModel(Sealed(bytes));
        }));
    }

    // Extreme values in each 32-bit field of nodes and edges, checksums made right: the checks behind the checksums.
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(1 << 20)]
    public void Extreme_fields_are_refused_or_harmless(int value)
    {
        int start = SectionOffset(s_good, 0), end = SectionOffset(s_good, 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int refused = 0;
        for (int at = start; at + 4 <= end; at += 3)
        {
            byte[] bytes = [.. s_good];
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
            refused += Refused(Sealed(bytes)) ? 1 : 0;
        }

        Assert.True(refused > 100, $"only {refused} edits were refused");
        long perFile = (GC.GetAllocatedBytesForCurrentThread() - before) / ((end - start) / 3);
        Assert.InRange(perFile, 0, 100 * s_good.Length);
    }

    [Theory]
    [InlineData("version", 8, 2u, "header.version")]
    [InlineData("sections", 12, 5u, "header.sections")]
    [InlineData("magic", 0, 0u, "header.magic")]
    public void Header_errors_name_their_field(string what, int at, uint value, string field)
    {
        byte[] bytes = [.. s_good];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Checksum.Crc32C(bytes.AsSpan(0, 28)));
        LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => LbqReader.Read(bytes, what));
        Assert.Equal((what, field, at), (error.File, error.Field, (int)error.Offset));
    }

    [Fact]
    public void A_declared_weight_width_outside_1_to_8_is_named_with_its_offset()
    {
        IntegerModel model = SampleModel.Create();
        int index = model.Nodes.ToList().FindIndex(n => n is ConvolutionNode);
        // kind, name, input, residual, padding code, nine sizes; lookups before it are longer by their table.
        ReadOnlySpan<byte> name = "conv1"u8;
        int at = s_good.AsSpan(SectionOffset(s_good, 2)).IndexOf(name) + SectionOffset(s_good, 2) + name.Length + 12 + 36;
        Assert.Equal(1, index);
        Assert.Equal(3, BinaryPrimitives.ReadInt32LittleEndian(s_good.AsSpan(at)));
        foreach (int bits in new[] { 0, 9, -1, 32 })
        {
            byte[] bytes = [.. s_good];
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), bits);
            LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => LbqReader.Read(Sealed(bytes), "bits.lbq"));
            Assert.Equal(("nodes.weightBits", (long)at), (error.Field, error.Offset));
            Assert.Contains($"node 'conv1' has weights of {bits} bits; 1 to 8 are possible", error.Message, StringComparison.Ordinal);
        }
    }

    private static bool Refused(byte[] bytes)
    {
        try
        {
            LbqReader.Read(bytes, "fuzz.lbq");
            return false;
        }
        catch (LowBitFormatException)
        {
            return true;
        }
    }

    private static bool RefusedOrModel(byte[] bytes)
    {
        try
        {
            return LbqReader.Read(bytes, "fuzz.lbq").Nodes.Count > 0;
        }
        catch (LowBitFormatException)
        {
            return true;
        }
    }

    private static int SectionOffset(byte[] bytes, int index) => (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32 + (32 * index) + 8));

    /// <summary>Makes all checksums right again, as long as the section table still leads into the file.</summary>
    private static byte[] Sealed(byte[] bytes)
    {
        for (int i = 0; i < 4; i++)
        {
            Span<byte> entry = bytes.AsSpan(32 + (32 * i), 32);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), length = BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);
            if (offset >= 0 && length >= 0 && offset <= bytes.Length && length <= bytes.Length - offset)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Checksum.Crc32C(bytes.AsSpan((int)offset, (int)length)));
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Checksum.Crc32C(bytes.AsSpan(32, 128)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Checksum.Crc32C(bytes.AsSpan(0, 28)));
        return bytes;
    }
}
