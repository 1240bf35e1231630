using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>Adds gradients that were computed on the host: a handful of numbers per channel.</summary>
internal static class HostGradients
{
    /// <summary>gradient of <paramref name="tensor"/> += scale·values, where somebody waits for it.</summary>
    public static void Add(GradientSink gradients, Tensor tensor, ReadOnlySpan<double> values, double scale)
    {
        if (gradients.For(tensor) is not { } buffer)
        {
            return;
        }

        var sum = new float[values.Length];
        tensor.Device.Download(buffer, sum.AsSpan());
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += (float)(scale * values[i]);
        }

        tensor.Device.Upload<float>(sum, buffer);
    }
}
