using LowBit.Kernels.Files;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Runtime.Tests.Files;

public class LbqRoundTripTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(5, 7)]
    [InlineData(8, 8)]
    public void A_model_comes_back_as_it_was(int weightBits, int activationBits)
    {
        IntegerModel model = SampleModel.Create(3, weightBits, activationBits);
        byte[] bytes = LbqWriter.ToBytes(model);
        IntegerModel copy = LbqReader.Read(bytes, "copy.lbq");
        Assert.Equal(model.Name, copy.Name);
        Assert.Equal(model.ClassNames, copy.ClassNames);
        Assert.Equal(model.Properties, copy.Properties);
        Assert.Equal(model.Edges, copy.Edges);
        Assert.Equal(model.WeightBytes, copy.WeightBytes);
        Assert.Equal(model.Nodes.Select(n => (n.Name, n.Kind)), copy.Nodes.Select(n => (n.Name, n.Kind)));
        Assert.True(bytes.AsSpan().SequenceEqual(LbqWriter.ToBytes(copy)), "the same model must give the same bytes");
        using var a = new Session(model, new SessionOptions { Batch = 2, Threads = 1 });
        using var b = new Session(copy, new SessionOptions { Batch = 2, Threads = 1 });
        int[] left = new int[2 * model.Classes], right = new int[2 * model.Classes];
        a.Run(SampleModel.Images(2), left);
        b.Run(SampleModel.Images(2), right);
        Assert.Equal(left, right);
    }

    [Fact]
    public void A_file_replaces_the_old_one_whole_and_leaves_nothing_beside_it()
    {
        string folder = Directory.CreateTempSubdirectory("lowbit-lbq-").FullName;
        try
        {
            string path = Path.Combine(folder, "model.lbq");
            File.WriteAllText(path, "old");
            IntegerModel model = SampleModel.Create();
            LbqWriter.Write(path, model);
            Assert.Equal(model.Edges, LbqReader.Read(path).Edges);
            Assert.Equal([path], Directory.GetFiles(folder));
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..100]);
            LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => LbqReader.Read(path));
            Assert.Equal(path, error.File);
            Assert.Throws<FileNotFoundException>(() => LbqReader.Read(Path.Combine(folder, "none.lbq")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Weights_lie_packed_and_aligned()
    {
        IntegerModel two = SampleModel.Create(1, 2, 4, 32), eight = SampleModel.Create(1, 8, 4, 32);
        byte[] bytes = LbqWriter.ToBytes(two);
        Assert.InRange(two.WeightBytes * 4, eight.WeightBytes, eight.WeightBytes + (4 * 200));
        Assert.True(bytes.Length < LbqWriter.ToBytes(eight).Length - (eight.WeightBytes / 2));
    }
}
