using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Training;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Checkpoints;

public class CheckpointFileTests
{
    private const int Preamble = 24;

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20_261, 7);

    [Fact]
    public void Written_checkpoints_read_back_equal()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.lbc");
        Checkpoint written = Sample();
        CheckpointFile.Write(path, written);
        Checkpoint read = CheckpointFile.Read(path);
        Assert.Equal(written.Recipe!.ToJson(), read.Recipe!.ToJson());
        Assert.Equal(written.Position, read.Position);
        Assert.Equal(written.OptimiserSteps, read.OptimiserSteps);
        Assert.Equal(written.Data!.Mean, read.Data!.Mean);
        Assert.Equal(written.Tensors.Keys, read.Tensors.Keys);
        foreach ((string name, CheckpointTensor tensor) in written.Tensors)
        {
            Assert.Equal(tensor.Shape, read.Tensors[name].Shape);
            Assert.Equal(tensor.Data, read.Tensors[name].Data);
        }

        Assert.Equal(["a.lbc"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Numbers_that_are_not_finite_survive()
    {
        var tensors = new Dictionary<string, CheckpointTensor> { ["model/x"] = new(new Shape(4), [float.NaN, float.PositiveInfinity, -0f, float.Epsilon]) };
        Checkpoint read = CheckpointFile.Parse(CheckpointFile.ToBytes(new Checkpoint(tensors)), "x");
        Assert.Equal([float.NaN, float.PositiveInfinity, -0f, float.Epsilon], read.Tensors["model/x"].Data);
    }

    [Fact]
    public void Damaged_bytes_are_refused()
    {
        byte[] good = CheckpointFile.ToBytes(Sample());
        Gen<byte[]> damaged = Gen.OneOf(
            from place in Gen.Choose(0, good.Length - 1) from mask in Gen.Choose(1, 255) select Flipped(good, place, mask),
            Gen.Choose(0, good.Length - 1).Select(length => good[..length]),
            Gen.ArrayOf(Gen.Choose(0, 255), 9).Select(more => (byte[])[.. good, .. more.Select(b => (byte)b)]));
        Check.One(s_config, Prop.ForAll(Arb.From(damaged), bytes => IsRefused(bytes)));
    }

    [Fact]
    public void Damaged_headers_with_a_right_checksum_are_read_or_refused()
    {
        byte[] good = CheckpointFile.ToBytes(Sample());
        int header = (int)BinaryPrimitives.ReadUInt32LittleEndian(good.AsSpan(20));
        int refused = 0;
        Gen<byte[]> damaged =
            from place in Gen.Choose(Preamble, Preamble + header - 1)
            from letter in Gen.Elements("0123456789-e.{}[]\",:xnt\0"u8.ToArray())
            select Sealed(Replaced(good, place, letter));
        Check.One(s_config, Prop.ForAll(Arb.From(damaged), bytes =>
        {
            refused += IsRefused(bytes) ? 1 : 0;
            return true;
        }));
        Assert.InRange(refused, 100, 400);
    }

    [Theory]
    [InlineData("\"shape\": [\n        3\n      ]", "\"shape\": [\n        2000000000, 2000000000\n      ]")]
    [InlineData("\"shape\": [\n        3\n      ]", "\"shape\": [\n        -3\n      ]")]
    [InlineData("\"shape\": [\n        3\n      ]", "\"shape\": [\n        2\n      ]")]
    [InlineData("\"shape\": [\n        3\n      ]", "\"shape\": null")]
    [InlineData("\"offset\": 0\n", "\"offset\": 4\n")]
    [InlineData("\"offset\": 0\n", "\"offset\": -9223372036854775808\n")]
    [InlineData("\"optimiserSteps\": 12", "\"optimiserSteps\": -12")]
    [InlineData("\"epoch\": 1", "\"epoch\": -1")]
    [InlineData("\"weightBits\": 3", "\"weightBits\": 9")]
    [InlineData("\"mean\": [", "\"mean\": [ 7,")]
    [InlineData("\"name\": \"model/b\"", "\"name\": \"model/a\"")]
    [InlineData("\"position\": {", "\"pozition\": {")]
    public void Absurd_headers_are_refused(string old, string changed)
    {
        byte[] good = CheckpointFile.ToBytes(Sample());
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(good.AsSpan(20));
        string header = Encoding.UTF8.GetString(good, Preamble, length);
        int at = header.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the header has no {old}");
        byte[] json = Encoding.UTF8.GetBytes(header[..at] + changed + header[(at + old.Length)..]);
        byte[] bytes = [.. good.AsSpan(0, Preamble), .. json, .. good.AsSpan(Preamble + length)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)json.Length);
        Assert.True(IsRefused(Sealed(bytes)));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.lbc");
        CheckpointFile.Write(path, Sample());
        byte[] before = File.ReadAllBytes(path);
        Assert.ThrowsAny<IOException>(() => CheckpointFile.Write(Path.Combine(folder.Path, "missing", "a.lbc"), Sample()));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Missing_and_foreign_files_say_so()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsAny<IOException>(() => CheckpointFile.Read(folder.File("none.lbc")));
        File.WriteAllText(folder.File("text.lbc"), "this is a text file and no checkpoint at all");
        LowBitFormatException e = Assert.Throws<LowBitFormatException>(() => CheckpointFile.Read(folder.File("text.lbc")));
        Assert.Contains("no LowBit checkpoint", e.Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("empty.lbc"), []);
        Assert.Throws<LowBitFormatException>(() => CheckpointFile.Read(folder.File("empty.lbc")));
    }

    private static Checkpoint Sample()
    {
        PatternSource source = Samples.Train();
        var tensors = new Dictionary<string, CheckpointTensor>
        {
            ["model/a"] = new(new Shape(3), [1, 2, 3]),
            ["model/b"] = new(new Shape(2, 2), [4, 5, 6, 7]),
        };
        return new Checkpoint(tensors)
        {
            Recipe = Samples.Recipe(),
            Data = Samples.Facts(source),
            Position = new TrainingPosition { Epoch = 1, Batch = 2, Seen = 16, Correct = 5, LossSum = 0.1 + 0.2, BestAccuracy = 0.5 },
            OptimiserSteps = 12,
        };
    }

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            CheckpointFile.Parse(bytes, "fuzz.lbc");
            return false;
        }
        catch (LowBitFormatException)
        {
            return true;
        }
    }

    private static byte[] Flipped(byte[] good, int place, int mask) => Replaced(good, place, (byte)(good[place] ^ mask));

    private static byte[] Replaced(byte[] good, int place, byte value)
    {
        byte[] copy = [.. good];
        copy[place] = value;
        return copy;
    }

    private static byte[] Sealed(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Checksum.Crc32C(bytes.AsSpan(20)));
        return bytes;
    }
}
