using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// A clipping level as a function of the bits, <c>α(b) = α₀·exp(k·(b − b₀))</c>, one for each channel, learned by all widths of a quantizer; or with k = 0, not
/// learned, one level for all of them. Form (ii) of bit-dependent clipping, Bodner et al. 2022, arXiv:2102.09298, section 3.6 (the paper's own form is not public).
/// </summary>
/// <remarks>
/// <see cref="Level"/> is held in the unit in which the method learns at the reference width b₀: α₀ itself for a learned clipping level, the step α₀/(High − z) for
/// a learned step. The gradient of the level at b₀ is then exactly that of the quantizer with this width alone.
/// </remarks>
public sealed class ClipCurve : IDisposable
{
    private readonly int _reference;
    private readonly bool _scaleSlopeGradient;
    private readonly List<CurvedStep> _widths = [];
    private double _reach;

    /// <summary>Allocates the numbers.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="reference">b₀, the bits where the curve has its level.</param>
    /// <param name="isFunction">True: k is learned; false: one level for all widths.</param>
    /// <param name="scaleSlopeGradient">
    /// True: the gradient of k is divided by (level·r)² with r the largest distance of a width from b₀. One step of plain gradient descent then moves a level
    /// through k by at most the share by which it moves it through <see cref="Level"/>, whatever the unit of the values; without it a small step hardly ever learns k.
    /// </param>
    public ClipCurve(Device device, int channels, int reference, bool isFunction, bool scaleSlopeGradient = true)
    {
        ArgumentNullException.ThrowIfNull(device);
        _reference = reference;
        _scaleSlopeGradient = scaleSlopeGradient;
        Level = Number(device, channels, "level", StepRules.StepRule.StepOfZeros);
        Slope = isFunction ? Number(device, channels, "slope", 0) : null;
    }

    /// <summary>α₀ in the method's unit, <c>[channels]</c>; positive after a use.</summary>
    public Tensor Level { get; }

    /// <summary>k, <c>[channels]</c>; null when all widths have one level.</summary>
    public Tensor? Slope { get; }

    /// <summary>What the optimiser changes, with names for checkpoints.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Parameters() => Slope is null ? [("level", Level)] : [("level", Level), ("slope", Slope)];

    /// <summary>The step source of one width.</summary>
    /// <param name="bits">The width.</param>
    /// <param name="own">The source of an ordinary quantizer of this width; the result owns it.</param>
    /// <param name="reference">The ordinary source of the reference width, which gives the unit of <see cref="Level"/>.</param>
    /// <param name="tops">Highest code above the zero point: of this width and of the reference width.</param>
    public CurvedStep At(int bits, StepSource own, StepSource reference, (int Own, int Reference) tops)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(reference);

        // A number of unit u stands for α = number·Slope·top.
        double ratio = (double)reference.Slope * tops.Reference / ((double)own.Slope * tops.Own);
        var step = new CurvedStep(this, own, bits - _reference, ratio);
        _widths.Add(step);
        _reach = Math.Max(_reach, Math.Abs(bits - _reference));
        return step;
    }

    /// <summary>
    /// Takes the first numbers from the steps that each width would start with: with k, the least squares of ln α over the bits; without, the level of the
    /// reference width.
    /// </summary>
    /// <param name="steps">For each width, in the order of <see cref="At"/>, one positive step per channel.</param>
    public void Start(IReadOnlyList<float[]> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var values = new float[_widths.Count][];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _widths[i].ValuesFor(steps[i]);
        }

        var level = new float[Level.Length];
        var slope = new float[Level.Length];
        int reference = _widths.FindIndex(static width => width.Distance == 0);
        for (int c = 0; c < level.Length; c++)
        {
            (level[c], slope[c]) = Slope is null ? (values[reference][c], 0) : Fit(values, c);
        }

        Level.CopyFrom(level);
        Slope?.CopyFrom(slope);
    }

    /// <summary>Moves the level, at the slope there is, so that one width has given values.</summary>
    internal void Pass(CurvedStep width, ReadOnlySpan<float> values)
    {
        float[] slope = Slopes();
        var level = new float[values.Length];
        for (int c = 0; c < level.Length; c++)
        {
            level[c] = (float)(values[c] / width.Ratio / Math.Exp((double)slope[c] * width.Distance));
        }

        Level.CopyFrom(level);
    }

    /// <summary>The numbers of one width; brings the level back to a positive one first.</summary>
    internal void Values(CurvedStep width, string name, Span<float> values)
    {
        StepSource.MakePositive(Level, name);
        float[] level = Level.ToArray(), slope = Slopes();
        for (int c = 0; c < values.Length; c++)
        {
            values[c] = (float)(level[c] * Math.Exp((double)slope[c] * width.Distance) * width.Ratio);
        }
    }

    /// <summary>By what the gradient of each k is multiplied.</summary>
    internal double SlopeGradientScale(double level) => _scaleSlopeGradient ? 1 / (level * level * _reach * _reach) : 1;

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Level.Dispose();
        Slope?.Dispose();
    }

    private static Tensor Number(Device device, int channels, string name, float value)
    {
        Tensor number = Tensor.Full(device, new Shape(channels), value).Persist();
        number.RequiresGradient = true;
        number.Name = name;
        return number;
    }

    private float[] Slopes() => Slope?.ToArray() ?? new float[Level.Length];

    private double LogLevel(float[][] values, int width, int channel) => Math.Log(values[width][channel] / _widths[width].Ratio);

    private (float Level, float Slope) Fit(float[][] values, int channel)
    {
        double meanDistance = _widths.Average(static width => (double)width.Distance), meanLog = 0;
        for (int i = 0; i < values.Length; i++)
        {
            meanLog += LogLevel(values, i, channel) / values.Length;
        }

        double products = 0, squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double distance = _widths[i].Distance - meanDistance;
            products += distance * (LogLevel(values, i, channel) - meanLog);
            squares += distance * distance;
        }

        double k = products / squares;
        return ((float)Math.Exp(meanLog - (k * meanDistance)), (float)k);
    }
}
