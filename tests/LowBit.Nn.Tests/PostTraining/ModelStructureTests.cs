using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Tests.Lowering;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class ModelStructureTests
{
    [Theory]
    [InlineData("mlp", 3, 2)]
    [InlineData("lenet5", 4, 3)]
    [InlineData("vgg7", 8, 7)]
    [InlineData("resnet20a", 20, 9)]
    [InlineData("resnet20b", 22, 9)]
    [InlineData("mobilenetv2", 53, 0)]
    public void Layers_and_pairs_of_every_architecture(string kind, int layers, int pairs)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, null);
        ModelStructure structure = ModelStructure.Of(prepared.Model);
        Assert.Equal((layers, pairs), (structure.Sites.Count, structure.Pairs.Count));
        Assert.Equal(layers - 1, structure.Sites.Count(site => site.Norm is not null));

        // In the order in which they run, each with the norm that reads it.
        var order = new List<string>();
        foreach (LayerSite site in structure.Sites)
        {
            site.Layer.Probe = (_, _) => order.Add(site.Path);
        }

        _ = prepared.FloatLogits(prepared.Images(1, 2));
        Assert.Equal(structure.Sites.Select(site => site.Path), order);
        Assert.All(structure.Pairs, pair => Assert.True(pair.First.IsRectified));
    }

    [Fact]
    public void A_module_whose_inside_is_not_known_is_refused_by_name()
    {
        using var model = new Sequential(CpuDevice.Shared);
        model.Append("odd", new Odd());
        var error = Assert.Throws<ArgumentException>(() => ModelStructure.Of(model));
        Assert.Contains("Odd 'odd'", error.Message, StringComparison.Ordinal);
        using var empty = new Sequential(new Relu(CpuDevice.Shared));
        Assert.Throws<ArgumentException>(() => ModelStructure.Of(empty));
    }

    private sealed class Odd() : Module(CpuDevice.Shared)
    {
        public override Tensor Forward(Tensor x) => x;
    }
}
