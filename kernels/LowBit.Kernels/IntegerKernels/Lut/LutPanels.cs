namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Weights as indices: <c>[channel group][panel of 16 outputs][group][16]</c>, one index a byte; in the wide form several panels lie side by side. Byte 2i belongs to output i of the panel, byte 2i + 1 to
/// output 8 + i, so that even and odd bytes widen to outputs in order. Corrections of all panels, the length of runs and the controls of the
/// tables, or constant tables, follow.
/// </summary>
internal static unsafe class LutPanels
{
    /// <summary>Outputs of a panel.</summary>
    public const int Outputs = 16;

    /// <summary>Bytes of a panel's corrections: a word for each output, <c>MaxActivation·Σ |w|</c> over its negative weights, modulo 2^16.</summary>
    public const int CorrectionBytes = Outputs * sizeof(short);

    /// <summary>Bytes before the controls: the groups that are added in bytes.</summary>
    public const int HeaderBytes = 64;

    public static long PanelBytes(in LutLayout layout) => (long)layout.Groups * Outputs;

    /// <summary>Packs one panel. A weight that does not exist is stored as −1 when bipolar, else as 0; its codes in working memory are 0.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="weights">Codes <c>[outputs, length]</c>.</param>
    /// <param name="outputs">Outputs of the panel, 1 to 16.</param>
    /// <param name="panel">Zeroed memory of the panel.</param>
    /// <param name="groupBytes">Bytes from group to group: 16, or those of several panels side by side.</param>
    /// <param name="corrections">Zeroed memory of its corrections.</param>
    public static void Pack(in LutLayout layout, ReadOnlySpan<sbyte> weights, int outputs, byte* panel, nint groupBytes, ushort* corrections)
    {
        int length = weights.Length / outputs, bits = 4 / layout.GroupCodes;
        for (int group = 0; group < layout.Groups; group++)
        {
            for (int i = 0; i < layout.GroupCodes; i++)
            {
                int at = layout.WeightIndex(group, i);
                for (int o = 0; o < outputs; o++)
                {
                    int code = at >= 0 ? weights[(o * length) + at] : layout.IsBipolar ? -1 : 0;
                    int stored = layout.IsBipolar ? (code + 1) / 2 : code - layout.LowestWeight;
                    panel[(group * groupBytes) + (o < 8 ? 2 * o : (2 * (o - 8)) + 1)] |= (byte)(stored << (i * bits));
                    corrections[o] += (ushort)(layout.MaxActivation * Math.Max(-code, 0));
                }
            }
        }
    }
}
