using LowBit.Interchange.Safetensors;
using LowBit.Interchange.StateDicts;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Interchange.Tests.StateDicts;

public class StateDictTests
{
    [Fact]
    public void A_file_is_compared_with_the_model_bit_by_bit()
    {
        using var model = new Sequential(CpuDevice.Shared);
        model.Append("conv", new Conv2d(CpuDevice.Shared, new ConvOptions(3, 2, 2), null));
        byte[] good = StateDict.Save(model).ToBytes();
        string? Difference(byte[] bytes)
        {
            using var file = SafetensorsReader.FromBytes("x", bytes);
            return StateDict.FirstDifference(model, file);
        }

        Assert.Null(Difference(good));
        byte[] wrong = [.. good];
        wrong[^1] ^= 0x80;
        Assert.Equal("conv.weight", Difference(wrong));
        float[] values = model.Parameters()[0].Tensor.ToArray();
        var shape = new SafetensorsWriter();
        shape.Add("conv.weight", [2, 3, 4], values);
        Assert.Equal("conv.weight", Difference(shape.ToBytes()));
        Assert.Equal("conv.weight", Difference(new SafetensorsWriter().ToBytes()));
        SafetensorsWriter more = StateDict.Save(model);
        more.Add("other", [1], [1f]);
        Assert.Equal("other", Difference(more.ToBytes()));
    }

    [Fact]
    public void A_convolution_is_transposed_from_oihw()
    {
        using var model = new Sequential(CpuDevice.Shared);
        var convolution = new Conv2d(CpuDevice.Shared, new ConvOptions(3, 2, 2), null);
        model.Append("conv", convolution);
        var values = new float[2 * 3 * 2 * 2];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }

        var writer = new SafetensorsWriter();
        writer.Add("conv.weight", [2, 3, 2, 2], values);
        writer.Add("conv.num_batches_tracked", SafetensorsType.Int64, [], new byte[8]);
        writer.Add("other", [1], [1f]);
        using var file = SafetensorsReader.FromBytes("x", writer.ToBytes());
        Assert.Equal(["other"], StateDict.Load(model, file));
        float[] ours = model.Parameters()[0].Tensor.ToArray();
        for (int o = 0; o < 2; o++)
        {
            for (int y = 0; y < 2; y++)
            {
                for (int x = 0; x < 2; x++)
                {
                    for (int i = 0; i < 3; i++)
                    {
                        Assert.Equal((((((o * 3) + i) * 2) + y) * 2) + x, ours[(((((o * 2) + y) * 2) + x) * 3) + i]);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_linear_layer_behind_a_convolution_computes_what_pytorch_does(bool withFlatten)
    {
        const int Height = 3, Width = 2, InChannels = 2, Channels = 5, Outputs = 4, Batch = 2;
        Device device = CpuDevice.Shared;
        using var model = new Sequential(device);
        model.Append("conv", new Conv2d(device, new ConvOptions(InChannels, Channels, 1)));
        if (withFlatten)
        {
            model.Append("flatten", new Flatten(device));
        }
        else
        {
            // Not every model flattens by a layer of its own.
            model.Append("rows", new Rows(device));
        }

        model.Append("fc", new Linear(device, Height * Width * Channels, Outputs)).Append("fc2", new Linear(device, Outputs, 2 * Channels, bias: false));
        float[] conv = Counted(Channels * InChannels), fc = Counted(Outputs * Height * Width * Channels), bias = Counted(Outputs), fc2 = Counted(2 * Channels * Outputs);
        var writer = new SafetensorsWriter();
        writer.Add("conv.weight", [Channels, InChannels, 1, 1], conv);
        writer.Add("fc.weight", [Outputs, Channels * Height * Width], fc);
        writer.Add("fc.bias", [Outputs], bias);
        writer.Add("fc2.weight", [2 * Channels, Outputs], fc2);
        byte[] written = writer.ToBytes();
        using var file = SafetensorsReader.FromBytes("x", written);
        Assert.Empty(StateDict.Load(model, file));

        // As PyTorch computes it, image by image: [c, y, x], and the flattened index is (c·height + y)·width + x.
        float[] images = Counted(Batch * InChannels * Height * Width);
        var expected = new double[Batch * 2 * Channels];
        for (int n = 0; n < Batch; n++)
        {
            var hidden = new double[Outputs];
            for (int o = 0; o < Outputs; o++)
            {
                hidden[o] = bias[o];
                for (int i = 0; i < Channels * Height * Width; i++)
                {
                    (int c, int pixel) = Math.DivRem(i, Height * Width);
                    double value = 0;
                    for (int k = 0; k < InChannels; k++)
                    {
                        value += (double)conv[(c * InChannels) + k] * images[(((n * InChannels) + k) * Height * Width) + pixel];
                    }

                    hidden[o] += value * fc[(o * Channels * Height * Width) + i];
                }
            }

            for (int o = 0; o < 2 * Channels; o++)
            {
                for (int i = 0; i < Outputs; i++)
                {
                    expected[(n * 2 * Channels) + o] += fc2[(o * Outputs) + i] * hidden[i];
                }
            }
        }

        float[] nhwc = Moved(images, Batch, InChannels, Height * Width);
        using Tensor x = Tensor.FromArray(device, nhwc, Batch, Height, Width, InChannels);
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            // Integers below 2^24: exact in any order.
            Assert.Equal(expected, model.Forward(x).ToArray().Select(y => (double)y));
        }

        Assert.Equal(fc, Saved(model, "fc.weight"));
        Assert.Equal(fc2, Saved(model, "fc2.weight"));
        Assert.Equal(Moved(fc, Outputs, Channels, Height * Width), ((Linear)model.Modules().Single(m => m.Path == "fc").Module).Weight.ToArray());
    }

    [Theory]
    [InlineData("lenet5", "fc1.weight", 16)]
    [InlineData("lenet5-w4a4", "fc1.weight", 16)]
    [InlineData("vgg7", "fc1.weight", 16)]
    [InlineData("mlp", "fc1.weight", 3)]
    [InlineData("mlp-w4a4", "fc1.weight", 3)]
    [InlineData("resnet20", "linear.weight", 1)]
    [InlineData("mobilenetv2", "classifier.1.weight", 1)]
    public void Every_model_writes_flattened_weights_in_pytorchs_order(string name, string weight, int channels)
    {
        using Module model = Named(name, 1);
        using Module other = Named(name, 2);
        float[] ours = model.Parameters().Single(p => p.Name == weight).Tensor.ToArray();
        int outputs = model.Parameters().Single(p => p.Name == weight).Tensor.Shape[0];
        Assert.Equal(Moved(ours, outputs, ours.Length / outputs / channels, channels), Saved(model, weight));
        using var file = SafetensorsReader.FromBytes("x", StateDict.Save(model).ToBytes());
        Assert.Equal(2, file.Find(weight).Shape.Length);
        Assert.Empty(StateDict.Load(other, file));
        Assert.Equal(model.Parameters().SelectMany(p => p.Tensor.ToArray()), other.Parameters().SelectMany(p => p.Tensor.ToArray()));
        foreach (string last in (string[])["fc2.weight", "classifier.weight"])
        {
            if (last != weight && model.Parameters().SingleOrDefault(p => p.Name == last) is { Tensor: { } tensor })
            {
                Assert.Equal(tensor.ToArray(), Saved(model, last));
            }
        }
    }

    [Fact]
    public void A_network_comes_back_bit_for_bit()
    {
        using Module first = Network(1);
        using Module second = Network(2);
        using var file = SafetensorsReader.FromBytes("x", StateDict.Save(first).ToBytes());
        Assert.Equal([16, 3, 3, 3], file.Find("conv1.weight").Shape);
        Assert.Empty(StateDict.Load(second, file));
        Assert.Equal(StateDict.Save(first).ToBytes(), StateDict.Save(second).ToBytes());
    }

    [Fact]
    public void A_missing_or_misshapen_tensor_changes_nothing()
    {
        using Module model = Network(1);
        byte[] before = StateDict.Save(model).ToBytes();
        using var source = SafetensorsReader.FromBytes("x", before);
        LowBitFormatException missing = Assert.Throws<LowBitFormatException>(() => Load(model, Copy(source, name => name != "linear.bias", values => values)));
        Assert.Contains("linear.bias", missing.Message, StringComparison.Ordinal);
        var wrong = new SafetensorsWriter();
        wrong.Add("conv1.weight", [3, 16, 3, 3], new float[432]);
        Assert.Contains("[16, 3, 3, 3]", Assert.Throws<LowBitFormatException>(() => Load(model, wrong)).Message, StringComparison.Ordinal);
        Assert.Equal(before, StateDict.Save(model).ToBytes());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Weights_must_be_finite(float value)
    {
        using Module model = Network(1);
        using var source = SafetensorsReader.FromBytes("x", StateDict.Save(model).ToBytes());
        SafetensorsWriter poisoned = Copy(source, _ => true, values =>
        {
            values[^1] = value;
            return values;
        });
        Assert.Contains("finite", Assert.Throws<LowBitFormatException>(() => Load(model, poisoned)).Message, StringComparison.Ordinal);
    }

    private static Module Network(ulong seed) => Named("resnet20", seed);

    private static Module Named(string name, ulong seed)
    {
        var options = new ModelOptions
        {
            Classes = 10,
            Height = 32,
            Width = 32,
            Channels = 3,
            Normalization = new InputNormalization([0.5f, 0.5f, 0.5f], [0.2f, 0.2f, 0.2f]),
            Quantization = name.EndsWith("-w4a4", StringComparison.Ordinal) ? QuantizationPolicy.Uniform(4, 4) : null,
            Seed = seed,
        };
        return name.Split('-')[0] switch
        {
            "lenet5" => new LeNet5(CpuDevice.Shared, options, width: 8),
            "vgg7" => new Vgg7(CpuDevice.Shared, options, width: 4),
            "mlp" => new Mlp(CpuDevice.Shared, options, [6, 9]),
            "mobilenetv2" => new MobileNetV2(CpuDevice.Shared, options, 0.25),
            _ => new ResNetCifar(CpuDevice.Shared, options),
        };
    }

    private static float[] Counted(int length)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (i % 11) - 4;
        }

        return values;
    }

    // [n, rows, columns] to [n, columns, rows].
    private static float[] Moved(float[] values, int n, int rows, int columns)
    {
        var moved = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int rest, int column) = Math.DivRem(i, columns);
            (int block, int row) = Math.DivRem(rest, rows);
            moved[(((block * columns) + column) * rows) + row] = values[i];
        }

        Assert.Equal(values.Length, n * rows * columns);
        return moved;
    }

    private static float[] Saved(Module model, string name)
    {
        using var file = SafetensorsReader.FromBytes("x", StateDict.Save(model).ToBytes());
        return file.ReadFloats(file.Find(name));
    }

    private sealed class Rows(Device device) : Module(device)
    {
        public override Tensor Forward(Tensor x) => x.Flatten();
    }

    private static void Load(Module model, SafetensorsWriter writer)
    {
        using var file = SafetensorsReader.FromBytes("x", writer.ToBytes());
        StateDict.Load(model, file);
    }

    private static SafetensorsWriter Copy(SafetensorsReader source, Func<string, bool> keep, Func<float[], float[]> change)
    {
        var writer = new SafetensorsWriter();
        foreach (SafetensorsEntry entry in source.Entries)
        {
            if (keep(entry.Name))
            {
                writer.Add(entry.Name, entry.Shape, change(source.ReadFloats(entry)));
            }
        }

        return writer;
    }
}
