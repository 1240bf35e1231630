using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Rng;
using LowBit.Kernels.Threading;
using LowBit.Nn.Layers;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Nn.Tests.Layers;

/// <summary>Rows of modules and residual blocks run convolution, batch norm and what follows as one op; the values must be those of the modules one by one.</summary>
public class ConvNormTests
{
    private static readonly CpuDevice s_device = new(new WorkerPool(2));

    private static readonly QuantizerOptions s_lsq = new() { Method = "lsq", Bits = 3 };

    public static TheoryData<string> Rows => ["norm", "relu", "relu6", "relu quant", "quant", "relu pact", "relu uniform", "bias"];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_gives_the_values_of_its_modules(string kind)
    {
        using Sequential row = Row(kind), twin = Row(kind);
        row.Initialize(3);
        twin.Initialize(3);
        foreach (bool training in new[] { true, true, false })
        {
            row.Train(training);
            twin.Train(training);
            using TensorScope scope = TensorScope.Begin();
            Tensor x = Tensor.Normal(s_device, new Shape(4, 6, 5, 3), 0, 1, new PhiloxKey(1, 2));
            Tensor expected = x;
            foreach ((_, Module module) in twin.Children)
            {
                expected = module.Forward(expected);
            }

            Assert.Equal(expected.ToArray(), row.Forward(x).ToArray());
        }

        AssertSameState(twin, row);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_block_gives_the_values_of_its_parts(bool quantized, bool changesShape)
    {
        QuantizerOptions? bits = quantized ? s_lsq : null;
        var options = new BasicBlockOptions(6, changesShape ? 12 : 6, changesShape ? 2 : 1, false, bits, bits, quantized ? s_lsq with { Bits = 8 } : null, null);
        using var block = new BasicBlock(s_device, options);
        using var twin = new BasicBlock(s_device, options);
        block.Initialize(3);
        twin.Initialize(3);
        foreach (bool training in new[] { true, true, false })
        {
            block.Train(training);
            twin.Train(training);
            using TensorScope scope = TensorScope.Begin();
            Tensor x = Tensor.Uniform(s_device, new Shape(4, 6, 6, 6), 0, 2, new PhiloxKey(1, 2));
            Assert.Equal(Parts(twin, x).ToArray(), block.Forward(x).ToArray());
        }

        AssertSameState(twin, block);
    }

    [Fact]
    public void Frozen_statistics_do_not_move()
    {
        using Sequential row = Row("relu");
        row.Initialize(3);
        row.Train();
        var norm = (BatchNorm2d)row.Children[1].Module;
        norm.IsFrozen = true;
        using TensorScope scope = TensorScope.Begin();
        row.Forward(Tensor.Normal(s_device, new Shape(4, 6, 5, 3), 1, 1, new PhiloxKey(1, 2)));
        Assert.All(norm.RunningMean.ToArray(), static v => Assert.Equal(0f, v));
        Assert.All(norm.RunningVariance.ToArray(), static v => Assert.Equal(1f, v));
    }

    private static Tensor Parts(BasicBlock b, Tensor x)
    {
        Tensor a = b.InputQuant is null ? x : b.InputQuant.Forward(x);
        Tensor r = b.ResidualQuant is null ? a : b.ResidualQuant.Forward(x);
        Tensor h = b.Bn1.Forward(b.Conv1.Forward(a)).Apply<Kernels.Elementwise.Relu>();
        h = b.Bn2.Forward(b.Conv2.Forward(b.InnerQuant is null ? h : b.InnerQuant.Forward(h)));
        r = b.Options.ChangesShape ? r.ShortcutA(b.Options.OutChannels, b.Options.Stride) : r;
        return h.Apply<Add>(r).Apply<Kernels.Elementwise.Relu>();
    }

    private static Sequential Row(string kind)
    {
        var row = new Sequential(
            new Conv2d(s_device, new ConvOptions(3, 8, 3, Padding: 1, Bias: kind == "bias"), kind.Contains("quant", StringComparison.Ordinal) ? s_lsq : null),
            new BatchNorm2d(s_device, 8));
        if (kind.StartsWith("relu6", StringComparison.Ordinal))
        {
            row.Append(null, new Nn.Layers.Relu6(s_device));
        }
        else if (kind.StartsWith("relu", StringComparison.Ordinal) || kind == "bias")
        {
            row.Append(null, new Nn.Layers.Relu(s_device));
        }

        string? method = kind switch
        {
            "relu quant" or "quant" => "lsq",
            "relu pact" => "pact",
            "relu uniform" => "uniform",
            _ => null,
        };
        return method is null ? row : row.Append(null, new ActivationQuant(s_device, new QuantizerOptions { Method = method, Bits = 3 }));
    }

    private static void AssertSameState(Module expected, Module actual)
    {
        foreach ((NamedTensor a, NamedTensor b) in expected.Buffers().Zip(actual.Buffers()))
        {
            Assert.True(a.Tensor.ToArray().AsSpan().SequenceEqual(b.Tensor.ToArray()), a.Name);
        }
    }
}
