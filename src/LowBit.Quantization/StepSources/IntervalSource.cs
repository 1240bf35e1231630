using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// Numbers of an interval quantizer <c>y = r·(clamp(round((x − o)/s) + z) − z)</c>: the interval that is quantized, (o, s), and the step r of
/// the result follow from what the method learns or stores for each channel.
/// </summary>
/// <remarks>A method is a subclass: it names its numbers and says how they start, which values are valid, what grid they give and how gradients reach them.</remarks>
public abstract class IntervalSource : StepSource
{
    private readonly string[] _names;
    private readonly Tensor[] _numbers;
    private readonly int _learned;

    /// <summary>Allocates the numbers.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of channels, 1 or more.</param>
    /// <param name="learned">Names of what the optimiser changes.</param>
    /// <param name="stored">Names of what stays as the first use found it.</param>
    protected IntervalSource(Device device, int channels, ReadOnlySpan<string> learned, ReadOnlySpan<string> stored)
        : base(device, channels)
    {
        _names = [.. learned, .. stored];
        _learned = learned.Length;
        _numbers = new Tensor[_names.Length];
        for (int k = 0; k < _names.Length; k++)
        {
            _numbers[k] = Tensor.Full(device, new Shape(channels), 1).Persist();
            _numbers[k].Name = _names[k];
            _numbers[k].RequiresGradient = k < _learned;
        }

        Grid = Tensor.Full(device, new Shape(channels, IntervalGrid.Length), 1).Persist();
    }

    /// <summary>Offset, input step, output step and softness of each channel, <c>[channels, 4]</c>, as <see cref="Refresh"/> left them.</summary>
    public Tensor Grid { get; }

    /// <summary>What gradients flow to, in the order of <see cref="Chain"/>.</summary>
    internal ReadOnlySpan<Tensor> LearnedNumbers => _numbers.AsSpan(0, _learned);

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Parameters()
    {
        for (int k = 0; k < _learned; k++)
        {
            yield return (_names[k], _numbers[k]);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Buffers()
    {
        for (int k = _learned; k < _names.Length; k++)
        {
            yield return (_names[k], _numbers[k]);
        }
    }

    /// <summary>Finds the numbers from values, channel by channel; a channel of zeros, which tells nothing, takes those of all values.</summary>
    /// <param name="values">Finite values, one block per channel.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public void Find(ReadOnlySpan<float> values)
    {
        _ = Calibration.ValueRange.Of(values);
        int channels = Step.Length;
        int inner = values.Length / channels;
        float[][] all = NumbersOfAll();
        Span<float> numbers = stackalloc float[_names.Length];
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<float> own = values.Slice(c * inner, inner);
            Begin(own.IndexOfAnyExcept(0f) < 0 ? values : own, numbers);
            Put(all, c, numbers);
        }

        Upload(all);
    }

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps)
    {
        float[][] all = NumbersOfAll();
        Span<float> numbers = stackalloc float[_names.Length];
        for (int c = 0; c < Step.Length; c++)
        {
            BeginAt(steps[c], numbers);
            Put(all, c, numbers);
        }

        Upload(all);
    }

    /// <inheritdoc/>
    public override void Refresh(string name)
    {
        int channels = Step.Length;
        float[][] all = NumbersOfAll();
        var grid = new float[channels * IntervalGrid.Length];
        var steps = new float[channels];
        Span<float> numbers = stackalloc float[_names.Length];
        bool changed = false;
        for (int c = 0; c < channels; c++)
        {
            Get(all, c, numbers);
            Span<float> own = grid.AsSpan(c * IntervalGrid.Length, IntervalGrid.Length);
            Place(numbers, name, own);
            steps[c] = own[2];
            for (int k = 0; k < numbers.Length; k++)
            {
                changed |= all[k][c] != numbers[k];
            }

            Put(all, c, numbers);
        }

        if (changed)
        {
            Upload(all);
        }

        Grid.CopyFrom(grid);
        Step.CopyFrom(steps);
    }

    /// <summary>First numbers for values.</summary>
    /// <param name="values">Finite values; all zeros are possible.</param>
    /// <param name="numbers">Receives one number per name.</param>
    protected abstract void Begin(ReadOnlySpan<float> values, Span<float> numbers);

    /// <summary>First numbers for a step that an observer found.</summary>
    /// <param name="step">Positive.</param>
    /// <param name="numbers">Receives one number per name.</param>
    protected abstract void BeginAt(float step, Span<float> numbers);

    /// <summary>Brings numbers that an optimiser left outside their range back, and gives the grid.</summary>
    /// <param name="numbers">One number per name.</param>
    /// <param name="name">The quantizer, for messages.</param>
    /// <param name="grid">Receives offset, input step, output step; softness, where the slope has one.</param>
    /// <exception cref="ArithmeticException">A number became NaN.</exception>
    protected abstract void Place(Span<float> numbers, string name, Span<float> grid);

    /// <summary>The gradients of the learned numbers of one channel.</summary>
    /// <param name="numbers">The numbers as used.</param>
    /// <param name="sums">What the backward pass gave.</param>
    /// <param name="gradients">Receives one gradient per learned number.</param>
    protected internal abstract void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients);

    /// <summary>The numbers of one channel.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="numbers">Receives one number per name.</param>
    internal void Numbers(int channel, Span<float> numbers) => Get(NumbersOfAll(), channel, numbers);

    /// <summary>All numbers on the host, one array per name.</summary>
    internal float[][] NumbersOfAll() => Array.ConvertAll(_numbers, static t => t.ToArray());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Tensor tensor in _numbers)
        {
            tensor.Dispose();
        }

        Grid.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A learned number that must be finite.</summary>
    private protected static float Finite(float number, string name) =>
        float.IsFinite(number)
            ? number
            : throw new ArithmeticException($"a learned bound of quantizer {name} became {number}; lower the learning rate or clip the gradients");

    private static void Get(float[][] all, int channel, Span<float> numbers)
    {
        for (int k = 0; k < numbers.Length; k++)
        {
            numbers[k] = all[k][channel];
        }
    }

    private static void Put(float[][] all, int channel, ReadOnlySpan<float> numbers)
    {
        for (int k = 0; k < numbers.Length; k++)
        {
            all[k][channel] = numbers[k];
        }
    }

    private void Upload(float[][] all)
    {
        for (int k = 0; k < all.Length; k++)
        {
            _numbers[k].CopyFrom(all[k]);
        }
    }
}
