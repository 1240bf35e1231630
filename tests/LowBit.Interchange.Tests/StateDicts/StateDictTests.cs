using LowBit.Interchange.Safetensors;
using LowBit.Interchange.StateDicts;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using Xunit;

namespace LowBit.Interchange.Tests.StateDicts;

public class StateDictTests
{
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

    private static ResNetCifar Network(ulong seed) => new(CpuDevice.Shared, new ModelOptions
    {
        Classes = 10,
        Height = 32,
        Width = 32,
        Channels = 3,
        Normalization = new InputNormalization([0.5f, 0.5f, 0.5f], [0.2f, 0.2f, 0.2f]),
        Seed = seed,
    });

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
