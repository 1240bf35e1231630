using LowBit.Kernels.Devices;
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
