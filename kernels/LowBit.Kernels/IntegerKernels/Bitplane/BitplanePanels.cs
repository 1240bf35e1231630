namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Weights as bits: <c>[channel group][panel][segment][pass][step][lane]</c>, a byte each, in the order in which a tile reads them. A panel is as many outputs as
/// a vector has bytes. Corrections of all panels follow.
/// </summary>
internal static unsafe class BitplanePanels
{
    public static long PanelBytes(in BitplaneLayout layout, int lanes) => (long)layout.Passes * layout.Units * BitplaneLayout.UnitSteps * lanes;

    /// <summary>Bytes of a panel's corrections: a word for each output, what the sum of its bit products is too large by, modulo 2^16.</summary>
    public static int CorrectionBytes(int lanes) => lanes * sizeof(ushort);

    /// <summary>The lane of an output: bytes of an even word in a 16-byte group widen to outputs of the lower half of a panel, the others to the upper half.</summary>
    public static int Lane(int output, int lanes)
    {
        int half = lanes / 2, within = output % half;
        return (within / 8 * 16) + (output / half * 8) + (within % 8);
    }

    /// <summary>Packs one panel. A weight that does not exist is stored as 0; activations are 0 there, or their complements meet a 0.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="weights">Codes <c>[outputs, length]</c>.</param>
    /// <param name="outputs">Outputs of the panel, 1 to <paramref name="lanes"/>.</param>
    /// <param name="lanes">Bytes of a vector.</param>
    /// <param name="panel">Zeroed memory of the panel.</param>
    /// <param name="corrections">Zeroed memory of its corrections, in the order of the outputs.</param>
    public static void Pack(in BitplaneLayout layout, ReadOnlySpan<sbyte> weights, int outputs, int lanes, byte* panel, ushort* corrections)
    {
        int length = weights.Length / outputs, top = layout.WeightBits - 1, largest = (1 << layout.ActivationBits) - 1;
        for (int unit = 0; unit < layout.Units; unit += layout.SegmentUnits)
        {
            int first = unit * BitplaneLayout.UnitSteps, steps = Math.Min(layout.SegmentUnits, layout.Units - unit) * BitplaneLayout.UnitSteps;
            for (int pass = 0; pass < layout.Passes; pass++)
            {
                int weightBit = layout.Pass(pass).WeightBit;
                for (int step = first; step < first + steps; step++)
                {
                    for (int o = 0; o < outputs; o++)
                    {
                        panel[Lane(o, lanes)] = Bits(layout, weights.Slice(o * length, length), step, weightBit);
                    }

                    panel += lanes;
                }
            }
        }

        for (int o = 0; o < outputs; o++)
        {
            // Each weight −1 of a bipolar layer, and each weight whose highest bit is 1, counts that bit's value times the largest activation too much.
            foreach (sbyte code in weights.Slice(o * length, length))
            {
                corrections[o] += (ushort)(code < 0 ? largest << top : 0);
            }
        }
    }

    private static byte Bits(in BitplaneLayout layout, ReadOnlySpan<sbyte> weights, int step, int weightBit)
    {
        int bits = 0;
        for (int i = 0; i < 8; i++)
        {
            int at = layout.WeightIndex(step, i);
            int code = at >= 0 ? weights[at] : 0;
            bits |= (layout.IsBipolar ? (code < 0 ? 1 : 0) : (code >> weightBit) & 1) << i;
        }

        return (byte)bits;
    }
}
