using LowBit.Kernels.Devices;
using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// LSQ+ for activations: step s and offset β are learned, and the zero point is <c>z = clamp(round(−β/s), 0, High)</c>, so that real zero has
/// a code. Bhalgat et al. 2020, arXiv:2004.09576, equations 1 and 2.
/// </summary>
/// <remarks>
/// The paper's offset is real, <c>y = s·q + β</c>; the integer engine has an integer zero point, so β acts through its nearest multiple of s, with
/// the gradients of the paper: dy/dβ = 0 inside and 1 outside, dy/ds = q − v inside and the clipping code, 0 or High, outside.
/// </remarks>
public sealed class LearnedStepAndOffset : IntervalSource
{
    // Zero points that the first search tries before it refines; all of them up to 5 bits.
    private const int Coarse = 32;

    private readonly CodeRange _range;
    private readonly int _zeroPoint;

    /// <summary>Creates the parameters.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="range">The codes, from 0 up.</param>
    /// <param name="zeroPoint">The zero point of calibrated steps.</param>
    public LearnedStepAndOffset(Device device, CodeRange range, int zeroPoint)
        : base(device, 1, ["step", "offset"], [])
    {
        _range = range;
        _zeroPoint = zeroPoint;
    }

    /// <inheritdoc/>
    public override int? ZeroPoint
    {
        get
        {
            Span<float> numbers = stackalloc float[2];
            Numbers(0, numbers);
            return Zero(numbers);
        }
    }

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients)
    {
        double outside = sums.Total - sums.Slopes;

        // The kernel's codes have no zero point; outside, the paper's slope is the code itself: z more.
        gradients[0] = sums.Rest + (Zero(numbers) * outside);
        gradients[1] = outside;
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers)
    {
        (float low, _) = ValueRange.Of(values);
        var sorted = new SortedMoments(values);
        int stride = Math.Max(1, (_range.High + 1) / Coarse);
        (double Error, double Step, int Zero) best = (double.PositiveInfinity, 0, 0);

        // Without negative values, a zero point above 0 would only waste codes.
        for (int zero = 0; zero <= (low < 0 ? _range.High : 0); zero += stride)
        {
            best = Better(sorted, zero, best);
        }

        int center = best.Zero;
        for (int zero = Math.Max(0, center - stride + 1); stride > 1 && low < 0 && zero <= Math.Min(_range.High, center + stride - 1); zero++)
        {
            best = Better(sorted, zero, best);
        }

        BeginAt(best.Step > 0 ? Math.Clamp((float)best.Step, Steps.Smallest, Steps.Largest) : StepRules.StepRule.StepOfZeros, best.Zero, numbers);
    }

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers) => BeginAt(step, _zeroPoint, numbers);

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        float step = Steps.Positive(numbers[0], name);
        numbers[0] = step;
        numbers[1] = Math.Clamp(Finite(numbers[1], name), -step * _range.High, 0);
        grid[0] = 0;
        grid[1] = step;
        grid[2] = step;
    }

    private static void BeginAt(float step, int zeroPoint, Span<float> numbers)
    {
        numbers[0] = step;
        numbers[1] = -step * zeroPoint;
    }

    private int Zero(ReadOnlySpan<float> numbers)
    {
        double real = Math.Round(-(double)numbers[1] / numbers[0], MidpointRounding.ToEven);
        return double.IsNaN(real) ? 0 : (int)Math.Clamp(real, 0, _range.High);
    }

    private (double Error, double Step, int Zero) Better(SortedMoments values, int zero, (double Error, double Step, int Zero) best)
    {
        double step = StepSearch.Minimize(values, _range, zero);
        double error = step > 0 ? StepSearch.SquaredError(values, _range, zero, step) : double.PositiveInfinity;
        return error < best.Error ? (error, step, zero) : best;
    }
}
