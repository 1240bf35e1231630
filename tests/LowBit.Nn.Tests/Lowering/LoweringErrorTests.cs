using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Nn.Tests.Lowering;

/// <summary>What has no integer form says so in one sentence, with the layer's path and what to do.</summary>
public class LoweringErrorTests
{
    private static readonly InputNormalization s_normalization = new([0.5f], [0.25f]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Float_models_are_refused(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, null);
        LoweringException error = Assert.Throws<LoweringException>(prepared.Lower);
        Assert.NotEqual("", error.Path);
        Assert.Contains("weights are float", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Kinds => [.. PreparedModels.Kinds];

    [Fact]
    public void Not_a_number_in_weights_norms_and_steps_is_named()
    {
        using (PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 4)))
        {
            Layer<Conv2d>(prepared.Model, "conv2").Weight.CopyFrom(With(Layer<Conv2d>(prepared.Model, "conv2").Weight, 7, float.NaN));
            Refused(prepared, "layer 'conv2': its weights have no codes");
        }

        using (PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 4)))
        {
            Layer<BatchNorm2d>(prepared.Model, "bn1").RunningVariance.CopyFrom(With(Layer<BatchNorm2d>(prepared.Model, "bn1").RunningVariance, 2, float.NaN));
            Refused(prepared, "layer 'bn1': channel 2 has the factor NaN");
        }

        using (PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 4)))
        {
            Layer<Linear>(prepared.Model, "fc2").Bias!.CopyFrom(With(Layer<Linear>(prepared.Model, "fc2").Bias!, 1, float.PositiveInfinity));
            Refused(prepared, "layer 'fc2': its logits are not finite");
        }

        using (PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 4)))
        {
            Layer<ActivationQuant>(prepared.Model, "quant2").Quantizer.Step.CopyFrom([float.NaN]);
            Refused(prepared, "layer 'quant2': ");
        }
    }

    [Fact]
    public void Quantizers_that_never_saw_data_are_named()
    {
        var options = new ModelOptions { Classes = 3, Height = 16, Width = 16, Channels = 1, Normalization = s_normalization, Quantization = new QuantizationPolicy() };
        using var model = new LeNet5(CpuDevice.Shared, options, 4);
        Message(model, 16, "layer 'conv1': its weights have no codes");
    }

    [Fact]
    public void Layers_in_an_impossible_order_are_named()
    {
        Device device = CpuDevice.Shared;
        Refused("layer 'conv2': a convolution reads codes, but its input is real; put an activation quantizer in front of it",
            ("input", new InputQuant(device, s_normalization)), ("conv1", Conv(1, 2)), ("conv2", Conv(2, 2)));
        Refused("layer 'conv1': a convolution cannot read pixels; start the model with an InputQuant", ("conv1", Conv(1, 2)));
        Refused("layer 'bn': a batch norm after a ReLU, a pooling or an addition has nothing to fold into",
            ("input", new InputQuant(device, s_normalization)), ("conv1", Conv(1, 2)), ("relu", new Relu(device)), ("bn", new BatchNorm2d(device, 2)));
        Refused("layer 'flatten': it flattens real values; put the quantizer in front of it",
            ("input", new InputQuant(device, s_normalization)), ("conv1", Conv(1, 2)), ("flatten", new Flatten(device)));
        Refused("layer 'conv1': the model ends with 8x8x2 values; logits are one row, so add a global average",
            ("input", new InputQuant(device, s_normalization)), ("conv1", Conv(1, 2)));
        Refused("the model must end with a linear layer",
            ("input", new InputQuant(device, s_normalization)), ("pool", new MaxPool2d(device, 2)));
        Refused("layer 'again': an input edge quantizes the image and must be the first layer",
            ("input", new InputQuant(device, s_normalization)), ("again", new InputQuant(device, s_normalization)));
        Refused("layer 'strange': Strange has no integer form; replace it, or override Lower to give it one",
            ("input", new InputQuant(device, s_normalization)), ("strange", new Strange(device)));
    }

    [Fact]
    public void The_wrong_image_size_is_named()
    {
        using PreparedModels prepared = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 4));
        Message(prepared.Model, 20, "layer 'fc1': it expects");
        LoweringException error = Assert.Throws<LoweringException>(
            () => ModelLowering.Lower(prepared.Model, new LoweringOptions { Height = 16, Width = 16, Channels = 3 }));
        Assert.Contains("layer 'input': it normalises 1 channels and the image has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_8_bit_grid_that_cannot_be_flipped_says_what_to_train()
    {
        Device device = CpuDevice.Shared;
        using var model = new Sequential(device);
        var conv = new Conv2d(device, new ConvOptions(1, 2, 8), new QuantizerOptions { Method = "lsq", Bits = 8, PerChannel = false, Signed = true, Grid = WeightGrid.Full });
        var norm = new BatchNorm2d(device, 2);
        model.Append("input", new InputQuant(device, s_normalization)).Append("conv", conv).Append("bn", norm);
        model.Initialize(1);
        See(model);
        norm.Gamma.CopyFrom([1, -1]);
        Assert.Equal(2, Lower(model, 8).Model.Classes);
        conv.Weight.CopyFrom(With(conv.Weight, conv.Weight.Length - 1, -1000));
        Message(model, 8, "layer 'conv': the negative batch-norm factor of channel 1 turns the weight code -128 into 128, which has no byte; train with the narrow weight grid");
    }

    [Fact]
    public void A_layer_too_long_for_32_bits_is_named_with_its_length()
    {
        Device device = CpuDevice.Shared;
        using var model = new Sequential(device);
        var linear = new Linear(device, 270 * 270, 1, bias: false, new QuantizerOptions { Method = "uniform", Bits = 8, PerChannel = false, Signed = true });
        model.Append("input", new InputQuant(device, s_normalization)).Append("flatten", new Flatten(device)).Append("fc", linear);
        linear.Weight.CopyFrom([.. Enumerable.Repeat(0.5f, 270 * 270)]);
        Message(model, 270, "node 'fc': a sum of 72900 products of weights ");
    }

    [Fact]
    public void A_sum_that_needs_its_own_codes_through_another_layer_is_named()
    {
        Device device = CpuDevice.Shared;
        using (var through = new Reused(device, hasPool: true))
        {
            through.Initialize(1);
            See(through);
            Message(through, 8, "layer 'conv': a quantizer of its output adds codes that were computed from another quantizer of it; put the two views on separate layers");
        }

        // The codes themselves are there when the second view is computed.
        using var directly = new Reused(device, hasPool: false);
        directly.Initialize(1);
        See(directly);
        Assert.Equal(3, Lower(directly, 8).Model.Classes);
    }

    private static Conv2d Conv(int inChannels, int outChannels)
        => new(CpuDevice.Shared, new ConvOptions(inChannels, outChannels, 3, Padding: 1), new QuantizerOptions { Method = "uniform", Bits = 4, PerChannel = true, Signed = true });

    private static void Refused(string expected, params (string Name, Module Module)[] layers)
    {
        using var model = new Sequential(CpuDevice.Shared);
        foreach ((string name, Module module) in layers)
        {
            model.Append(name, module);
        }

        model.Initialize(1);
        Message(model, 8, expected);
    }

    private static void Refused(PreparedModels prepared, string expected)
        => Assert.Contains(expected, Assert.Throws<LoweringException>(prepared.Lower).Message, StringComparison.Ordinal);

    private static void Message(Module model, int size, string expected)
    {
        string message = Assert.Throws<LoweringException>(() => Lower(model, size)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static LoweringResult Lower(Module model, int size)
        => ModelLowering.Lower(model, new LoweringOptions { Height = size, Width = size, Channels = 1 });

    private static T Layer<T>(Module model, string path)
        where T : Module
        => (T)model.Modules().Single(m => m.Path == path).Module;

    private static float[] With(Tensor tensor, int index, float value)
    {
        float[] values = tensor.ToArray();
        values[index] = value;
        return values;
    }

    private static void See(Module model)
    {
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            model.Forward(Tensor.Full(model.Device, new Shape(2, 8, 8, 1), 0.5f));
        }
    }

    /// <summary>x = conv, y = Q2(x + p), where p is Q1(x) or its maximum over windows.</summary>
    private sealed class Reused : Module
    {
        private readonly InputQuant _input;
        private readonly Conv2d _conv;
        private readonly ActivationQuant _quant1;
        private readonly MaxPool2d? _pool;
        private readonly ActivationQuant _quant2;
        private readonly Linear _linear;

        public Reused(Device device, bool hasPool)
            : base(device)
        {
            _input = RegisterModule("input", new InputQuant(device, s_normalization));
            _conv = RegisterModule("conv", Conv(1, 2));
            _quant1 = RegisterModule("quant1", new ActivationQuant(device, Codes()));
            _pool = hasPool ? RegisterModule("pool", new MaxPool2d(device, 3, 1, 1)) : null;
            _quant2 = RegisterModule("quant2", new ActivationQuant(device, Codes()));
            _linear = RegisterModule("linear", new Linear(device, 128, 3, bias: true, Codes() with { Signed = true }));
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor sum = _conv.Forward(_input.Forward(x)), p = _quant1.Forward(sum);
            return _linear.Forward(_quant2.Forward(sum + (_pool is null ? p : _pool.Forward(p))).Flatten());
        }

        public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
        {
            LoweredEdge sum = _conv.Lower(context, _input.Lower(context, input)), p = _quant1.Lower(context, sum);
            LoweredEdge y = _quant2.Lower(context, context.Sum("sum", sum, _pool is null ? p : _pool.Lower(context, p)));
            return _linear.Lower(context, context.Flatten("flatten", y));
        }

        private static QuantizerOptions Codes() => new() { Method = "lsq", Bits = 4, PerChannel = false, Signed = false };
    }

    private sealed class Strange(Device device) : Module(device)
    {
        public override Tensor Forward(Tensor x) => x;
    }
}
