using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.References;

/// <summary>One accumulator through one view, by <see cref="Requantizer"/>.</summary>
internal static unsafe class ReferenceEpilogue
{
    internal static void Apply(in Epilogue view, int channel, long at, int accumulator)
    {
        RequantizeTable t = view.Table;
        int m = (int)t.Multipliers[channel], n = (int)t.Shifts[channel];
        long b = t.Offsets[channel];
        int value = view.Residual == null
            ? Requantizer.Apply(accumulator, m, b, n, t.Low, t.High)
            : Requantizer.Apply(accumulator, m, view.Residual[at], (int)t.ResidualMultipliers[channel], b, n, t.Low, t.High);
        if (view.Codes != null)
        {
            view.Codes[at] = (byte)value;
        }
        else
        {
            view.Words[at] = value;
        }
    }
}
