using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization;

/// <summary>
/// Replaces values by the nearest of few levels: <c>y = s·(q − z)</c> with <c>q = clamp(round(x/s) + z, Low, High)</c>, while training and
/// evaluating; the codes q and the steps s are what the integer engine runs on. A quantizer is composed of parts that vary
/// independently: code range, rounding, gradient estimator, where the step is held, and the rule that starts it.
/// </summary>
public abstract class Quantizer : IDisposable
{
    private readonly QuantizerWidths _widths;

    // One for each width, or a single one where all share a curve.
    private readonly Tensor[] _initialized;
    private int _current;

    private protected Quantizer(QuantizerWidths widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        _widths = widths;
        _current = widths.Start;
        _initialized = new Tensor[widths.Curve is null ? widths.All.Count : 1];
        for (int i = 0; i < _initialized.Length; i++)
        {
            StepSource steps = widths.All[i].Steps;
            _initialized[i] = Tensor.Full(steps.Step.Device, new Shape(1), steps.IsFixed ? 1 : 0).Persist();
        }
    }

    /// <summary>The widths between which <see cref="SelectBits"/> chooses, ascending; one for an ordinary quantizer.</summary>
    public IReadOnlyList<int> Widths => _widths.Bits;

    /// <summary>The method: <c>lsq</c>, <c>pact</c>, <c>dorefa</c>, <c>uniform</c>, <c>affine</c>, …</summary>
    public string Kind => Current.Kind;

    /// <summary>Who this is in messages, for example <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; set; } = "(unnamed)";

    /// <summary>Code width, the selected one of <see cref="Widths"/>. Range, step, op and source are those of this width.</summary>
    public int Bits => _widths.Bits[_current];

    /// <summary>The codes, as they are stored: with a zero point, the real zero is at <see cref="ZeroPoint"/>.</summary>
    public CodeRange Range => Current.Range;

    /// <summary>Code of real zero; 0 for weights and for unsigned activations, found and learned by LSQ+.</summary>
    public int ZeroPoint => Current.Steps.ZeroPoint ?? Current.ZeroPoint;

    /// <summary>The steps, <c>[channels]</c> or <c>[1]</c>; positive and up to date after a use at the selected width.</summary>
    public Tensor Step => Current.Steps.Step;

    /// <summary>True when each output channel has its own step.</summary>
    public bool PerChannel => Step.Length > 1;

    /// <summary>True when the step of the selected width was found from data, loaded, or is fixed by the method.</summary>
    public bool IsInitialized => HasSteps(_current);

    /// <summary>False: <see cref="Apply"/> returns its input unchanged (float training, ablations).</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The rounding and the estimator.</summary>
    public QuantizeOp Op => Current.Op;

    /// <summary>The rule that gives the first step.</summary>
    public StepRule Rule => Current.Rule;

    /// <summary>Where the step is held.</summary>
    public StepSource Source => Current.Steps;

    /// <summary>Goes on with another width: its range, its step. Costs nothing; what was applied before keeps its gradients.</summary>
    /// <param name="bits">One of <see cref="Widths"/>.</param>
    /// <exception cref="ArgumentException">There is no such width.</exception>
    public void SelectBits(int bits)
    {
        for (int i = 0; i < _widths.Bits.Count; i++)
        {
            if (_widths.Bits[i] == bits)
            {
                _current = i;
                return;
            }
        }

        throw new ArgumentException($"{Kind} quantizer {Name} has {string.Join(", ", Widths)} bits and not {bits}; choose one of them or build it with more widths", nameof(bits));
    }

    /// <summary>Fake-quantizes a tensor, differentiably; the first call finds the steps of all widths from its values.</summary>
    /// <param name="x">Weights <c>[out, …]</c> or activations <c>[batch, …]</c>; finite.</param>
    /// <returns>The shape of <paramref name="x"/>; every element is exactly the float product <c>step·(code − zero point)</c>.</returns>
    /// <exception cref="ArgumentException">The first call sees a NaN or infinite value, or the shape does not fit the steps.</exception>
    /// <exception cref="ArithmeticException">A learned step became NaN.</exception>
    public abstract Tensor Apply(Tensor x);

    /// <summary>The codes that <see cref="Apply"/> stands for, computed on the host: <c>clamp(round(x/s) + z, Low, High)</c>.</summary>
    /// <param name="x">What is quantized (for weights with a transform: the transformed ones); a multiple of the number of steps.</param>
    /// <param name="codes">Receives one code per value.</param>
    /// <exception cref="ArgumentException">A value is NaN, or a length does not fit.</exception>
    /// <exception cref="InvalidOperationException">The step was never found.</exception>
    public void Codes(ReadOnlySpan<float> x, Span<int> codes)
    {
        RequireInitialized();
        (float[] offsets, float[] steps) = Intake();
        CodesWith(x, offsets, steps, codes);
    }

    /// <summary>
    /// What an optimiser may change, with names for checkpoints; empty when nothing is learned. With several widths the names of each begin with its bits, as in
    /// <c>4bit.step</c>; those that share a <see cref="ClipCurve"/> have its <c>level</c> and <c>slope</c>.
    /// </summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Parameters() =>
        _widths.Curve is { } curve
            ? curve.Parameters()
            : _widths.All.SelectMany((parts, i) => parts.Steps.Parameters().Select(p => (Prefix(i) + p.Name, p.Tensor)));

    /// <summary>State that is not learned but belongs into a checkpoint: whether the step was found, stored steps, running ranges.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Buffers()
    {
        for (int i = 0; i < _initialized.Length; i++)
        {
            yield return (Prefix(i) + "initialized", _initialized[i]);
            foreach ((string name, Tensor tensor) in _widths.All[i].Steps.Buffers())
            {
                yield return (Prefix(i) + name, tensor);
            }
        }
    }

    /// <summary>Parameters and buffers: everything that makes this quantizer continue as if it had never been saved.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> SaveState()
    {
        foreach ((string Name, Tensor Tensor) parameter in Parameters())
        {
            yield return parameter;
        }

        foreach ((string Name, Tensor Tensor) buffer in Buffers())
        {
            yield return buffer;
        }
    }

    /// <summary>Copies saved state into this quantizer.</summary>
    /// <param name="state">By the names of <see cref="SaveState"/>; further names are ignored.</param>
    /// <exception cref="ArgumentException">A name is missing, or a shape or device differs; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach ((string name, Tensor own) in SaveState())
        {
            if (!state.TryGetValue(name, out Tensor? saved))
            {
                throw new ArgumentException($"the state of {Kind} quantizer {Name} lacks '{name}'; it was saved by another method or version", nameof(state));
            }

            if (saved.Shape != own.Shape)
            {
                throw new ArgumentException(
                    $"'{name}' of {Kind} quantizer {Name} has shape {own.Shape} but the saved state has {saved.Shape}; per-channel settings must be equal", nameof(state));
            }
        }

        foreach ((string name, Tensor own) in SaveState())
        {
            own.CopyFrom(state[name]);
        }
    }

    /// <summary>
    /// Whether what another quantizer found and learned means the same here: method, widths, codes, zero, form of the clipping and number of steps are equal. The
    /// selected width, the rule of the first step and options of the gradient may differ.
    /// </summary>
    /// <param name="from">The quantizer whose <see cref="SaveState"/> would be taken over.</param>
    /// <returns>Null when it can go on here, else the first difference, for example <c>4 bit there, 2 bit here</c>.</returns>
    public string? StateMismatch(Quantizer from)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (from.Kind != Kind)
        {
            return Differ(from.Kind, Kind);
        }

        if (!from.Widths.SequenceEqual(Widths))
        {
            return Differ($"{string.Join(", ", from.Widths)} bit", $"{string.Join(", ", Widths)} bit");
        }

        foreach ((QuantizerParts theirs, QuantizerParts own) in from._widths.All.Zip(_widths.All))
        {
            if (theirs.Range != own.Range || theirs.ZeroPoint != own.ZeroPoint)
            {
                return Differ($"codes {theirs.Range} with zero at {theirs.ZeroPoint}", $"{own.Range} with {own.ZeroPoint}");
            }

            if (theirs.Steps.GetType() != own.Steps.GetType())
            {
                return Differ(theirs.Steps.GetType().Name, own.Steps.GetType().Name);
            }
        }

        if (from.Step.Length != Step.Length)
        {
            return Differ($"{from.Step.Length} steps", $"{Step.Length}");
        }

        string[] names = [.. SaveState().Select(static s => s.Name)], others = [.. from.SaveState().Select(static s => s.Name)];
        return names.Order().SequenceEqual(others.Order()) ? null : Differ(string.Join(", ", others), string.Join(", ", names));
    }

    /// <summary>The state of an ordinary quantizer of the selected width and the same method that quantizes exactly like this one.</summary>
    /// <returns>By the names of that quantizer's <see cref="SaveState"/>.</returns>
    /// <exception cref="ArithmeticException">A learned number became NaN.</exception>
    public IReadOnlyDictionary<string, float[]> Specialize()
    {
        if (IsInitialized)
        {
            Source.Refresh(Name);
        }

        return Source.State().Concat(OwnState()).Append(("initialized", Initialized(_current))).ToDictionary(static s => s.Item1, static s => s.Item2.ToArray());
    }

    /// <summary>
    /// A penalty that the trainer adds to the loss: PACT's <c>λ/2·α²</c>; null for methods without one. A scalar, differentiable.
    /// </summary>
    public Tensor? Penalty() =>
        Current.PenaltyFactor > 0 && Current.Steps.Learned is { } learned ? PenaltyNode.Apply(learned, Current.PenaltyFactor) : null;

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Method, bits and parts in one line, for example <c>lsq 4 bit -7..7 (round_half_even, straight_through) x16</c>.</summary>
    public override string ToString() =>
        $"{Kind} {Bits} bit {Range} ({Op.Rounding}, {Op.Estimator}){(PerChannel ? $" x{Step.Length}" : string.Empty)}"
            + (Widths.Count > 1 ? $" of {string.Join(", ", Widths)} bit" : string.Empty);

    private QuantizerParts Current => _widths.All[_current];

    /// <summary>What all widths have in common beside their steps, with the names it has in <see cref="SaveState"/>.</summary>
    private protected virtual IEnumerable<(string Name, Tensor Tensor)> OwnState() => [];

    private protected void MarkInitialized() => Initialized(_current).CopyFrom([1f]);

    /// <summary>Starts widths at the steps that a rule gives for each.</summary>
    /// <param name="stepsOf">From the parts of a width to its steps.</param>
    /// <param name="isAnew">True: all widths; false: those that have no steps yet.</param>
    private protected void StartWidths(Func<QuantizerParts, float[]> stepsOf, bool isAnew)
    {
        if (_widths.Curve is { } curve)
        {
            curve.Start([.. _widths.All.Select(stepsOf)]);
            MarkInitialized();
            return;
        }

        for (int i = 0; i < _initialized.Length; i++)
        {
            if (isAnew || !HasSteps(i))
            {
                _widths.All[i].Steps.Start(stepsOf(_widths.All[i]));
                _initialized[i].CopyFrom([1f]);
            }
        }
    }

    private protected void RequireInitialized()
    {
        if (!IsInitialized)
        {
            throw new InvalidOperationException($"{Kind} quantizer {Name} has no step yet; train, calibrate or load a checkpoint first");
        }
    }

    /// <summary>The steps as <see cref="Apply"/> would use them.</summary>
    private protected float[] PositiveSteps()
    {
        Current.Steps.Refresh(Name);
        return Step.ToArray();
    }

    /// <summary>Where codes come from, by channel: offset and distance of neighbouring codes at the input.</summary>
    private protected (float[] Offsets, float[] Steps) Intake()
    {
        float[] steps = PositiveSteps();
        var offsets = new float[steps.Length];
        if (Source is IntervalSource interval)
        {
            float[] grid = interval.Grid.ToArray();
            for (int c = 0; c < steps.Length; c++)
            {
                offsets[c] = grid[c * IntervalGrid.Length];
                steps[c] = grid[(c * IntervalGrid.Length) + 1];
            }
        }

        return (offsets, steps);
    }

    /// <summary>Fake-quantizes with the steps as they are. <paramref name="features"/> is N of the step's gradient scale <c>1/√(N·Qp)</c>.</summary>
    private protected Tensor Run(Tensor x, int features)
    {
        Current.Steps.Refresh(Name);
        int channels = Step.Length;
        int zeroPoint = ZeroPoint;
        // Low and High move by the zero point, so that kernels and estimators see real codes v = x/s; s·(clamp(r + z) − z) is the same number.
        var shape = new FakeQuantShape(channels, x.Length / channels, Range.Low - zeroPoint, Range.High - zeroPoint);
        return Op.Apply(x, Source, shape, StepGradientScale(features));
    }

    /// <summary>The same behind a convolution with batch normalisation, fused with it; there is one step.</summary>
    private protected Tensor RunAfter(in ConvBatchNormInputs inputs, int features)
    {
        Current.Steps.Refresh(Name);
        return Op.ApplyAfter(in inputs, Source, Range.Low - ZeroPoint, Range.High - ZeroPoint, StepGradientScale(features));
    }

    private float StepGradientScale(int features)
        => (Current.ScaleStepGradient ? (float)(1 / Math.Sqrt((double)features * Current.Top)) : 1) * Source.Slope;

    private static string Differ(string there, string here) => $"{there} there, {here} here";

    private string Prefix(int width) => _initialized.Length > 1 ? $"{_widths.Bits[width]}bit." : string.Empty;

    private Tensor Initialized(int width) => _initialized[Math.Min(width, _initialized.Length - 1)];

    private bool HasSteps(int width) => Initialized(width).Item() != 0;

    /// <summary>Codes with given offsets and steps.</summary>
    private protected void CodesWith(ReadOnlySpan<float> x, ReadOnlySpan<float> offsets, ReadOnlySpan<float> steps, Span<int> codes)
    {
        if (codes.Length < x.Length || x.Length % steps.Length != 0)
        {
            throw new ArgumentException(
                $"{x.Length} values of {Kind} quantizer {Name} need as many codes and a multiple of its {steps.Length} steps, got room for {codes.Length} codes");
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
            {
                throw new ArgumentException($"value {i} of {x.Length} at {Kind} quantizer {Name} is NaN and has no code; the model was trained too far or its file is damaged");
            }
        }

        int inner = x.Length / steps.Length;
        int zeroPoint = ZeroPoint;
        for (int c = 0; c < steps.Length; c++)
        {
            Op.Codes(x.Slice(c * inner, inner), new CodeRule(offsets[c], steps[c], Range, zeroPoint), codes.Slice(c * inner, inner));
        }
    }

    /// <summary>Frees the tensors.</summary>
    private protected virtual void Dispose(bool disposing)
    {
        foreach (Tensor initialized in _initialized)
        {
            initialized.Dispose();
        }

        foreach (QuantizerParts parts in _widths.All)
        {
            parts.Steps.Dispose();
        }

        _widths.Curve?.Dispose();
    }
}
