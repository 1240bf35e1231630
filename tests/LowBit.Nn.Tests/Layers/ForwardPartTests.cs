using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.Tests.Lowering;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Nn.Tests.Layers;

/// <summary>Rows in parts, and layers that multiply given weights: what the evaluation of many candidates shares.</summary>
public class ForwardPartTests
{
    public static TheoryData<string, string> Kinds
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kind in PreparedModels.Kinds)
            {
                data.Add(kind, "lsq");
            }

            data.Add("lenet5", "uniform");
            data.Add("vgg7", "pact");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parts_give_the_values_of_the_whole_wherever_they_are_cut(string kind, string method)
    {
        QuantizationPolicy policy = QuantizationPolicy.Uniform(3, 3) with { Method = method };
        using PreparedModels whole = PreparedModels.Create(kind, policy);
        var row = (Sequential)whole.Model;
        int count = row.Children.Count;
        float[][] expected = Run(whole, row.Forward);
        for (int cut = 0; cut <= count; cut++)
        {
            using PreparedModels parts = PreparedModels.Create(kind, policy);
            var second = (Sequential)parts.Model;
            Assert.Equal(expected, Run(parts, x => second.ForwardPart(second.ForwardPart(x, 0, cut), cut, count)));
            Samples.AssertSameState(row, second);
        }

        using PreparedModels single = PreparedModels.Create(kind, policy);
        var pieces = (Sequential)single.Model;
        Assert.Equal(expected, Run(single, x => Enumerable.Range(0, count).Aggregate(x, (y, i) => pieces.ForwardPart(y, i, i + 1))));
        Samples.AssertSameState(row, pieces);
    }

    [Fact]
    public void Parts_that_do_not_exist_are_refused()
    {
        using var row = new Sequential(new Relu(CpuDevice.Shared), new Flatten(CpuDevice.Shared));
        using Tensor x = Tensor.Zeros(CpuDevice.Shared, 1, 2);
        Assert.Same(x, row.ForwardPart(x, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => row.ForwardPart(x, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => row.ForwardPart(x, 0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => row.ForwardPart(x, 1, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_substitute_is_multiplied_while_gradients_are_off(bool training)
    {
        using PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 3));
        using PreparedModels twin = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 3));
        prepared.Model.Train(training);
        twin.Model.Train(training);
        var conv = (Conv2d)prepared.Model.Modules().Single(m => m.Path == "conv2").Module;
        var linear = (Linear)prepared.Model.Modules().Single(m => m.Path == "fc1").Module;
        using TensorScope scope = TensorScope.Begin();
        Tensor x = prepared.Tensor(prepared.Images(2, 3));
        conv.Substitute = Tensor.Uniform(conv.Device, conv.Weight.Shape, -1, 1, new PhiloxKey(1, 1));
        linear.Substitute = Tensor.Uniform(conv.Device, linear.Weight.Shape, -1, 1, new PhiloxKey(1, 2));
        Assert.Equal(twin.Model.Forward(x).ToArray(), prepared.Model.Forward(x).ToArray());
        foreach ((string path, Tensor given) in new[] { ("conv2", conv.Substitute), ("fc1", linear.Substitute) })
        {
            // The twin has the given weights themselves, unquantized.
            Module layer = twin.Model.Modules().Single(m => m.Path == path).Module;
            (layer is Conv2d c ? c.Weight : ((Linear)layer).Weight).CopyFrom(given.ToArray());
            (layer is Conv2d d ? d.Quantizer : ((Linear)layer).Quantizer)!.Enabled = false;
        }

        using (NoGradient.Begin())
        {
            float[] logits = prepared.Model.Forward(x).ToArray();
            Assert.Equal(twin.Model.Forward(x).ToArray(), logits);
            (conv.Substitute, linear.Substitute) = (null, null);
            Assert.NotEqual(logits, prepared.Model.Forward(x).ToArray());
        }

        using Tensor wrong = Tensor.Zeros(conv.Device, 2, 2);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => conv.Substitute = wrong).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => linear.Substitute = wrong);
    }

    // Logits in evaluation, and in training with gradients to come.
    private static float[][] Run(PreparedModels prepared, Func<Tensor, Tensor> forward)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = prepared.Tensor(prepared.Images(3, 5));
        float[] evaluation;
        prepared.Model.Evaluate();
        using (NoGradient.Begin())
        {
            evaluation = forward(x).ToArray();
        }

        prepared.Model.Train();
        return [evaluation, forward(x).ToArray()];
    }
}
