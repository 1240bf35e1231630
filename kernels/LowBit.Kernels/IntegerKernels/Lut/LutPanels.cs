namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Weights as indices: <c>[channel group][panel of 16 outputs][group][16]</c>, one index a byte. Byte 2i belongs to output i of the panel, byte 2i + 1 to
/// output 8 + i, so that even and odd bytes widen to outputs in order.
/// </summary>
internal static unsafe class LutPanels
{
    /// <summary>Outputs of a panel.</summary>
    public const int Outputs = 16;

    /// <summary>Bytes of the weights of code sums that follow the last panel: of a block of sixteen channels four times, then of the last block.</summary>
    public const int SumWeightBytes = 128;

    public static long PanelBytes(in LutLayout layout) => (long)layout.Groups * Outputs;

    /// <summary>Writes the weights of code sums: the lowest weight where there is a channel.</summary>
    public static void PackSumWeights(in LutLayout layout, int channels, byte* weights)
    {
        int last = channels - layout.PaddedChannels + 16;
        for (int i = 0; i < SumWeightBytes; i++)
        {
            weights[i] = i < SumWeightBytes / 2 || i % 16 < last ? (byte)layout.LowestWeight : (byte)0;
        }
    }

    /// <summary>Packs one panel; what it has no weights for keeps index 0.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="weights">Codes <c>[outputs, length]</c>.</param>
    /// <param name="outputs">Outputs of the panel, 1 to 16.</param>
    /// <param name="panel">Zeroed memory of the panel.</param>
    public static void Pack(in LutLayout layout, ReadOnlySpan<sbyte> weights, int outputs, byte* panel)
    {
        int length = weights.Length / outputs, bits = 4 / layout.GroupCodes;
        for (int group = 0; group < layout.Groups; group++)
        {
            for (int i = 0; i < layout.GroupCodes; i++)
            {
                int at = layout.WeightIndex(group, i);
                for (int o = 0; at >= 0 && o < outputs; o++)
                {
                    int code = weights[(o * length) + at];
                    int stored = layout.IsBipolar ? (code + 1) / 2 : code - layout.LowestWeight;
                    panel[(group * Outputs) + (o < 8 ? 2 * o : (2 * (o - 8)) + 1)] |= (byte)(stored << (i * bits));
                }
            }
        }
    }
}
