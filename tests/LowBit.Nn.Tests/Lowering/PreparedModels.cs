using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Tensors;

namespace LowBit.Nn.Tests.Lowering;

/// <summary>
/// Small models as training could leave them: quantizers have seen data, norms have statistics, and their factors are rough: some
/// negative, one zero, one tiny.
/// </summary>
internal sealed class PreparedModels : IDisposable
{
    public const int Classes = 5;

    private PreparedModels(Module model, InputNormalization normalization, int size, int channels)
    {
        Model = model;
        Normalization = normalization;
        Size = size;
        Channels = channels;
    }

    public static IReadOnlyList<string> Kinds { get; } = ["mlp", "lenet5", "vgg7", "resnet20a", "resnet20b", "mobilenetv2"];

    public Module Model { get; }

    public InputNormalization Normalization { get; }

    public int Size { get; }

    public int Channels { get; }

    public static PreparedModels Create(string kind, QuantizationPolicy? policy, int seed = 1, bool rough = true)
    {
        (int size, int channels) = kind switch
        {
            "mlp" => (6, 2),
            "lenet5" => (16, 1),
            _ => (8, 3),
        };
        var normalization = new InputNormalization([.. Enumerable.Range(0, channels).Select(c => 0.3f + (0.1f * c))], [.. Enumerable.Repeat(0.25f, channels)]);
        var options = new ModelOptions
        {
            Classes = Classes,
            Height = size,
            Width = size,
            Channels = channels,
            Normalization = normalization,
            Quantization = policy,
            Seed = (ulong)seed,
        };
        Device device = CpuDevice.Shared;
        Module model = kind switch
        {
            "mlp" => new Mlp(device, options, [24, 17]),
            "lenet5" => new LeNet5(device, options, 4),
            "vgg7" => new Vgg7(device, options, 4),
            "resnet20a" => new ResNetCifar(device, options, 20, projection: false, width: 4),
            "resnet20b" => new ResNetCifar(device, options, 20, projection: true, width: 4),
            "mobilenetv2" => new MobileNetV2(device, options, 0.1),
            _ => throw new ArgumentException(kind),
        };
        var prepared = new PreparedModels(model, normalization, size, channels);
        prepared.SeeData(seed);
        if (rough)
        {
            prepared.RoughenNorms(seed);
            prepared.SeeData(seed + 1);
        }

        model.Evaluate();
        return prepared;
    }

    public LoweringResult Lower() => ModelLowering.Lower(
        Model, new LoweringOptions { Height = Size, Width = Size, Channels = Channels, Name = "prepared", ClassNames = ["a", "b", "c", "d", "e"] });

    public byte[] Images(int count, int seed)
    {
        var images = new byte[count * Size * Size * Channels];
        new Random(seed).NextBytes(images);
        return images;
    }

    /// <summary>The float model's logits in evaluation, from normalised pixels.</summary>
    public float[] FloatLogits(ReadOnlySpan<byte> images)
    {
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            return Model.Forward(Tensor(images)).ToArray();
        }
    }

    public Tensor Tensor(ReadOnlySpan<byte> images)
    {
        var values = new float[images.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Normalization.Apply(i % Channels, images[i]);
        }

        return LowBit.Tensors.Tensor.FromArray(Model.Device, values, images.Length / (Size * Size * Channels), Size, Size, Channels);
    }

    public void Dispose() => Model.Dispose();

    private void SeeData(int seed)
    {
        Model.Train();
        using (NoGradient.Begin())
        {
            for (int i = 0; i < 4; i++)
            {
                using (TensorScope.Begin())
                {
                    Model.Forward(Tensor(Images(16, (100 * seed) + i)));
                }
            }
        }
    }

    private void RoughenNorms(int seed)
    {
        int index = 0;
        foreach ((_, Module module) in Model.Modules())
        {
            if (module is BatchNorm2d norm)
            {
                var gamma = new float[norm.Gamma.Length];
                var beta = new float[norm.Gamma.Length];
                Philox.FillUniform(new PhiloxKey((ulong)seed, (ulong)index++), 0, -0.5f, 1.5f, gamma);
                Philox.FillUniform(new PhiloxKey((ulong)seed, (ulong)index++), 0, -0.3f, 0.8f, beta);
                gamma[0] = 0;
                gamma[^1] = 1e-20f;
                gamma[1] = -0.7f;
                norm.Gamma.CopyFrom(gamma);
                norm.Beta.CopyFrom(beta);
            }
        }
    }
}
