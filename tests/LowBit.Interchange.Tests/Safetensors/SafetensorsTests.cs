using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LowBit.Interchange.Safetensors;
using LowBit.Kernels.Files;
using Xunit;

namespace LowBit.Interchange.Tests.Safetensors;

public class SafetensorsTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var reader = SafetensorsReader.FromBytes("x", Sample());
        Assert.Equal(["a.weight", "scalar", "codes", "empty"], reader.Entries.Select(entry => entry.Name));
        Assert.Equal([1f, -2f, 3.5f, 0f, float.MaxValue, 1e-40f], reader.ReadFloats(reader.Find("a.weight")));
        Assert.Equal([2, 3], reader.Find("a.weight").Shape);
        Assert.Equal([7f], reader.ReadFloats(reader.Find("scalar")));
        Assert.Equal([-1f, 127f], reader.ReadFloats(reader.Find("codes")));
        Assert.Empty(reader.ReadFloats(reader.Find("empty")));
        Assert.Equal("w2", reader.Metadata["bits"]);
    }

    [Fact]
    public void Every_type_is_widened_exactly()
    {
        var writer = new SafetensorsWriter();
        var half = new byte[4];
        BinaryPrimitives.WriteHalfLittleEndian(half, (Half)0.1);
        BinaryPrimitives.WriteHalfLittleEndian(half.AsSpan(2), Half.MaxValue);
        writer.Add("f16", SafetensorsType.Float16, [2], half);
        writer.Add("bf16", SafetensorsType.BFloat16, [1], [0x80, 0x3F]);
        writer.Add("f64", SafetensorsType.Float64, [1], BitConverter.GetBytes(0.1));
        writer.Add("i16", SafetensorsType.Int16, [1], BitConverter.GetBytes((short)-300));
        writer.Add("i32", SafetensorsType.Int32, [1], BitConverter.GetBytes(-70_000));
        writer.Add("i64", SafetensorsType.Int64, [1], BitConverter.GetBytes(1L << 40));
        writer.Add("bool", SafetensorsType.Boolean, [1], [1]);
        using var reader = SafetensorsReader.FromBytes("x", writer.ToBytes());
        float[] Values(string name) => reader.ReadFloats(reader.Find(name));
        Assert.Equal([(float)(Half)0.1, 65504f], Values("f16"));
        Assert.Equal([1f], Values("bf16"));
        Assert.Equal([0.1f], Values("f64"));
        Assert.Equal([-300f, -70_000f, 1099511627776f, 1f], [Values("i16")[0], Values("i32")[0], Values("i64")[0], Values("bool")[0]]);
    }

    [Fact]
    public void Saving_replaces_the_file_and_leaves_no_other()
    {
        string folder = Directory.CreateTempSubdirectory("lowbit-st-").FullName;
        try
        {
            string path = Path.Combine(folder, "m.safetensors");
            File.WriteAllText(path, "old");
            var writer = new SafetensorsWriter();
            writer.Add("x", [1], [5f]);
            writer.Save(path);
            Assert.Single(Directory.GetFiles(folder));
            using SafetensorsReader reader = SafetensorsReader.Open(path);
            Assert.Equal([5f], reader.ReadFloats(reader.Entries[0]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "do not fit")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "do not fit")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}", "starts at byte")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", "belong to no tensor")]
    [InlineData("{\"a\":{\"dtype\":\"Q4\",\"shape\":[4],\"data_offsets\":[0,4]}}", "not supported")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}", "more elements")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "whole number")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "whole number")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "lacks")]
    [InlineData("{\"a\":7}", "lacks")]
    [InlineData("{\"__metadata__\":3}", "no JSON object")]
    [InlineData("[1,2]", "no JSON object")]
    [InlineData("{\"a\":", "not valid JSON")]
    [InlineData("{\"\\ud800\":{}}", "not valid text")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"\\ud800x\":1}}", "not valid text")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"\\ud800xxxxxxxxxxxx\":1}}", "not valid text")]
    [InlineData("{\"__metadata__\":{\"\\ud800\":\"x\"}}", "not valid text")]
    public void Lies_in_the_header_are_named(string header, string words)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text, 1, 2, 3, 4];
        Assert.Contains(words, Assert.Throws<LowBitFormatException>(() => SafetensorsReader.FromBytes("x", file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(99_999_999)]
    [InlineData(0)]
    public void An_absurd_header_length_allocates_nothing(long length)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. new byte[50]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<LowBitFormatException>(() => SafetensorsReader.FromBytes("x", file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_writer_refuses_what_does_not_fit()
    {
        var writer = new SafetensorsWriter();
        writer.Add("x", [1], [5f]);
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1], [5f]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], [5f]));
        Assert.Contains("needs 8 bytes, got 4", Assert.Throws<ArgumentException>(() => writer.Add("y", [2], [5f])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_give_one_sentence()
    {
        byte[] good = Sample();
        int refused = 0;
        Gen<byte[]> damaged = Gen.OneOf(
            Gen.Choose(0, good.Length - 1).SelectMany(place => Gen.Choose(1, 255).Select(mask => Changed(good, place, mask))),
            Gen.Choose(0, good.Length - 1).Select(length => good[..length]),
            Gen.Choose(1, 20).Select(more => (byte[])[.. good, .. new byte[more]]),
            Gen.Choose(0, 300).SelectMany(place => Gen.Choose(1, 255).Select(mask => Changed(good, Math.Min(place, good.Length - 1), mask))));
        Prop.ForAll(Arb.From(damaged), bytes =>
        {
            try
            {
                using var reader = SafetensorsReader.FromBytes("fuzz", bytes);
                foreach (SafetensorsEntry entry in reader.Entries)
                {
                    reader.ReadFloats(entry);
                }
            }
            catch (LowBitFormatException failure)
            {
                refused++;
                return !failure.Message.Contains('\n', StringComparison.Ordinal);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20_262, 9));
        Assert.InRange(refused, 100, 2000);
    }

    private static byte[] Sample()
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata("bits", "w2");
        writer.Add("a.weight", [2, 3], [1f, -2f, 3.5f, 0f, float.MaxValue, 1e-40f]);
        writer.Add("scalar", [], [7f]);
        writer.Add("codes", SafetensorsType.Int8, [2], [0xFF, 127]);
        writer.Add("empty", [0, 4], ReadOnlySpan<float>.Empty);
        return writer.ToBytes();
    }

    private static byte[] Changed(byte[] good, int place, int mask)
    {
        var copy = (byte[])good.Clone();
        copy[place] ^= (byte)mask;
        return copy;
    }
}
