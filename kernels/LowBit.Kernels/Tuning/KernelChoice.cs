using System.Globalization;
using LowBit.Kernels.IntegerKernels;

namespace LowBit.Kernels.Tuning;

/// <summary>Which kernel computes a layer, and why.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Microseconds">What it is expected to take on one thread.</param>
/// <param name="IsMeasured">True when that was measured on this machine for exactly this layer.</param>
/// <param name="Next">The runner-up, or null when there was no other candidate.</param>
/// <param name="NextMicroseconds">What the runner-up is expected to take; 0 without one.</param>
public sealed record KernelChoice(IntegerConvKernel Kernel, double Microseconds, bool IsMeasured, IntegerConvKernel? Next, double NextMicroseconds)
{
    /// <summary>One line for people, for example <c>measured 12.1 us, dot8_16x16c4__avx512 15.3 us</c>.</summary>
    public string Reason
    {
        get
        {
            string own = string.Create(CultureInfo.InvariantCulture, $"{(IsMeasured ? "measured" : "estimated")} {Microseconds:F1} us");
            return Next is null ? own + ", no other candidate" : own + string.Create(CultureInfo.InvariantCulture, $", {Next} {NextMicroseconds:F1} us");
        }
    }
}
