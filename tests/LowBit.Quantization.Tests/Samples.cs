using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.Tests;

/// <summary>Values and quantizers that many tests use.</summary>
internal static class Samples
{
    public static Device Device => CpuDevice.Shared;

    /// <summary>Every method that quantizes weights with every grid it has.</summary>
    public static IEnumerable<QuantizerOptions> WeightOptions()
    {
        foreach (string method in QuantizerFactory.Methods)
        {
            foreach (WeightGrid grid in Enum.GetValues<WeightGrid>())
            {
                for (int bits = 1; bits <= (grid == WeightGrid.Odd ? 7 : 8); bits++)
                {
                    if (HasWeights(method, bits, grid))
                    {
                        yield return new QuantizerOptions { Method = method, Bits = bits, Grid = grid };
                        yield return new QuantizerOptions { Method = method, Bits = bits, Grid = grid, PerChannel = true };
                    }
                }
            }
        }
    }

    /// <summary>What the methods say of themselves: QIL, weightnorm and APoT have a zero, APoT's sums fit a byte up to 6 bits, EWGS needs a symmetric grid.</summary>
    public static bool HasWeights(string method, int bits, WeightGrid grid) => method switch
    {
        "apot" => grid == WeightGrid.Narrow && bits is >= 2 and not 7,
        "qil" or "weightnorm" => grid == WeightGrid.Narrow && bits >= 2,
        "ewgs" => grid != WeightGrid.Full,
        _ => true,
    };

    /// <summary>Every method that quantizes activations, unsigned and, where it can, signed.</summary>
    public static IEnumerable<QuantizerOptions> ActivationOptions()
    {
        foreach (string method in QuantizerFactory.Methods)
        {
            for (int bits = 1; bits <= 8; bits++)
            {
                yield return new QuantizerOptions { Method = method, Bits = bits };
                if (bits > 1 && method is "lsq" or "uniform" or "lsq+" or "dsq")
                {
                    yield return new QuantizerOptions { Method = method, Bits = bits, Signed = true };
                }
            }
        }
    }

    /// <summary>Normal values with a few zeros and outliers; equal seeds give equal values.</summary>
    public static float[] Normal(int count, int seed, double scale = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        values[0] = 0;
        values[count / 2] = (float)(6 * scale);
        values[count - 1] = (float)(-6 * scale);
        return values;
    }

    /// <summary>A leaf that requires a gradient.</summary>
    public static Tensor Leaf(float[] values, params int[] sizes)
    {
        Tensor leaf = Tensor.FromArray(Device, values, sizes);
        leaf.RequiresGradient = true;
        return leaf;
    }
}
