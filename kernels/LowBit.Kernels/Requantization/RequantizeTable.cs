using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.Requantization;

/// <summary>
/// Multiplier, offset and shift of each output channel for the rule <c>y = clamp((acc·M[c] + B[c]) &gt;&gt; N[c], Low, High)</c>, or with a
/// residual operand r <c>y = clamp((acc·M[c] + r·R[c] + B[c]) &gt;&gt; N[c], Low, High)</c>. Checked once, when made; kernels trust it.
/// </summary>
/// <remarks>The numbers are kept in pinned arrays with room for a whole vector after the last channel, so that kernels read them with plain vector loads.</remarks>
public sealed unsafe class RequantizeTable
{
    /// <summary>Largest magnitude of an offset: with <c>|acc·M| ≤ 2^62</c> and <c>r·R &lt; 2^39</c> the sum cannot leave int64.</summary>
    public const long MaxOffset = 1L << 61;

    // With more codes the rule itself is as fast as counting.
    private const int MostThresholds = 15;

    // Widest panel of any kernel: lanes that lie after the last channel are computed and thrown away.
    private const int Spare = 64;

    private readonly long[] _multipliers;
    private readonly long[] _residualMultipliers;
    private readonly long[] _offsets;
    private readonly long[] _shifts;
    private readonly short[] _thresholds;
    private readonly float[] _scales;
    private readonly float[] _biases;

    /// <summary>Makes a table.</summary>
    /// <param name="multipliers">M <c>[channels]</c>, each 0 or more.</param>
    /// <param name="offsets">B <c>[channels]</c>, each at most <see cref="MaxOffset"/> in magnitude.</param>
    /// <param name="shifts">N <c>[channels]</c>, each 0 to 62.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result, not below <paramref name="low"/>.</param>
    /// <param name="residualMultipliers">R <c>[channels]</c>, each 0 or more; empty when there is no residual operand.</param>
    /// <exception cref="ArgumentException">Lengths differ or a number is outside its range.</exception>
    public RequantizeTable(
        ReadOnlySpan<int> multipliers, ReadOnlySpan<long> offsets, ReadOnlySpan<int> shifts, int low, int high, ReadOnlySpan<int> residualMultipliers = default)
    {
        int channels = multipliers.Length;
        if (offsets.Length != channels || shifts.Length != channels || (!residualMultipliers.IsEmpty && residualMultipliers.Length != channels))
        {
            throw new ArgumentException(
                $"a requantization table needs as many offsets, shifts and residual multipliers as multipliers: got {channels} multipliers, "
                + $"{offsets.Length} offsets, {shifts.Length} shifts, {residualMultipliers.Length} residual multipliers",
                nameof(multipliers));
        }

        if (low > high)
        {
            throw new ArgumentException($"the smallest result {low} is above the largest {high}", nameof(low));
        }

        Channels = channels;
        Low = low;
        High = high;
        HasResidual = !residualMultipliers.IsEmpty;
        _multipliers = GC.AllocateArray<long>(channels + Spare, pinned: true);
        _residualMultipliers = GC.AllocateArray<long>(channels + Spare, pinned: true);
        _offsets = GC.AllocateArray<long>(channels + Spare, pinned: true);
        _shifts = GC.AllocateArray<long>(channels + Spare, pinned: true);
        for (int c = 0; c < channels; c++)
        {
            if (multipliers[c] < 0 || (HasResidual && residualMultipliers[c] < 0) || shifts[c] is < 0 or > Requantizer.MaxShift
                || offsets[c] is > MaxOffset or < -MaxOffset)
            {
                throw new ArgumentException(
                    $"channel {c} has multiplier {multipliers[c]}, residual multiplier {(HasResidual ? residualMultipliers[c] : 0)}, shift {shifts[c]}, offset {offsets[c]}; "
                    + "multipliers are not negative, shifts are 0 to 62, offsets at most 2^61 in magnitude",
                    nameof(multipliers));
            }

            _multipliers[c] = multipliers[c];
            _residualMultipliers[c] = HasResidual ? residualMultipliers[c] : 0;
            _offsets[c] = offsets[c];
            _shifts[c] = shifts[c];
        }

        // Lanes without a channel must not keep a whole vector from the forms that need large shifts.
        Array.Fill(_shifts, 32, channels, Spare);
        _scales = GC.AllocateArray<float>(channels + Spare, pinned: true);
        _biases = GC.AllocateArray<float>(channels + Spare, pinned: true);
        HasFloatForm = FindFloatForm();
        Thresholds = !HasResidual && high - (long)low <= MostThresholds ? high - low : 0;
        _thresholds = GC.AllocateArray<short>(Thresholds * ThresholdRow, pinned: true);
        for (int t = 0; t < Thresholds; t++)
        {
            for (int c = 0; c < channels; c++)
            {
                _thresholds[(t * ThresholdRow) + c] = Threshold(c, low + t);
            }
        }
    }

    /// <summary>Output channels.</summary>
    public int Channels { get; }

    /// <summary>Smallest result.</summary>
    public int Low { get; }

    /// <summary>Largest result.</summary>
    public int High { get; }

    /// <summary>True when the rule has a residual operand.</summary>
    public bool HasResidual { get; }

    /// <summary>True when every result is an unsigned byte.</summary>
    public bool FitsByte => Low >= 0 && High <= byte.MaxValue;

    /// <summary>M of one channel.</summary>
    public int Multiplier(int channel) => (int)_multipliers[Checked(channel)];

    /// <summary>R of one channel; 0 without a residual operand.</summary>
    public int ResidualMultiplier(int channel) => (int)_residualMultipliers[Checked(channel)];

    /// <summary>B of one channel.</summary>
    public long Offset(int channel) => _offsets[Checked(channel)];

    /// <summary>N of one channel.</summary>
    public int Shift(int channel) => (int)_shifts[Checked(channel)];

    // Pinned for the life of the table.
    internal long* Multipliers => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_multipliers));

    internal long* ResidualMultipliers => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_residualMultipliers));

    internal long* Offsets => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_offsets));

    internal long* Shifts => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_shifts));

    /// <summary>True when every channel's rule has a <see cref="FloatForm"/>: byte results without a residual operand, and steps wide enough for single precision.</summary>
    internal bool HasFloatForm { get; }

    /// <summary>s of each channel's <see cref="FloatForm"/>.</summary>
    internal float* Scales => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scales));

    /// <summary>b of each channel's <see cref="FloatForm"/>.</summary>
    internal float* Biases => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_biases));

    /// <summary>How many thresholds a channel has: <c>High − Low</c> when the rule has no residual operand and few results, else 0.</summary>
    internal int Thresholds { get; }

    /// <summary>From one threshold of a channel to the next.</summary>
    internal int ThresholdRow => Channels + Spare;

    /// <summary>
    /// Thresholds <c>[Thresholds][ThresholdRow]</c>: M is not negative, so the rule rises with the sum, and for every sum in −32767 … 32766 the result is
    /// Low plus how many thresholds of the channel are smaller than the sum.
    /// </summary>
    internal short* Thresholds16 => (short*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_thresholds));

    private bool FindFloatForm()
    {
        bool found = FitsByte && !HasResidual;
        for (int c = 0; c < Channels && found; c++)
        {
            found = FloatForm.TryFind((int)_multipliers[c], _offsets[c], (int)_shifts[c], Low, High, out _scales[c], out _biases[c]);
        }

        return found;
    }

    // The largest 16-bit sum whose result is at most `result`; −32768 when there is none.
    private short Threshold(int channel, int result)
    {
        int low = short.MinValue, high = short.MaxValue;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (Requantizer.Apply(middle, (int)_multipliers[channel], _offsets[channel], (int)_shifts[channel], Low, High) <= result)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return (short)low;
    }

    private int Checked(int channel)
    {
        if ((uint)channel >= (uint)Channels)
        {
            throw new ArgumentOutOfRangeException(nameof(channel), channel, $"the table has {Channels} channels");
        }

        return channel;
    }
}
