using System.Buffers;
using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Quantization.Transforms;
using LowBit.Tensors;

namespace LowBit.Quantization;

/// <summary>A quantizer of weights <c>[out, …]</c>, with one step or one per output channel, and zero point 0.</summary>
public sealed class WeightQuantizer : Quantizer
{
    private readonly WeightTransform _transform;
    private readonly bool _followsWeights;
    private Dictionary<int, Tensor>? _kept;
    private Tensor? _keptOf;

    /// <summary>Composes a quantizer.</summary>
    /// <param name="parts">The parts; the number of steps decides between per tensor and per channel.</param>
    /// <param name="transform">What happens to the weights first; null for nothing.</param>
    /// <param name="followsWeights">True: the rule gives the step anew at every use; false: only the first one.</param>
    /// <exception cref="ArgumentException">The parts have a zero point.</exception>
    public WeightQuantizer(QuantizerParts parts, WeightTransform? transform = null, bool followsWeights = false)
        : this(new QuantizerWidths(parts), transform)
    {
        _followsWeights = followsWeights;
    }

    /// <summary>Composes a quantizer that can be switched between widths.</summary>
    /// <param name="widths">The parts of each width; the number of steps decides between per tensor and per channel.</param>
    /// <param name="transform">What happens to the weights first, at every width; null for nothing.</param>
    /// <exception cref="ArgumentException">The parts have a zero point.</exception>
    public WeightQuantizer(QuantizerWidths widths, WeightTransform? transform = null)
        : base(widths)
    {
        if (widths.All.FirstOrDefault(static parts => parts.ZeroPoint != 0) is { } other)
        {
            throw new ArgumentException($"weights have zero point 0, got {other.ZeroPoint}", nameof(widths));
        }

        _transform = transform ?? new NoTransform();
    }

    /// <summary>The transform before quantization.</summary>
    public WeightTransform Transform => _transform;

    /// <summary>
    /// True to keep, while gradients are off, the result of each width and give it again: for weights that rest while a model is judged at many widths. Setting it, new
    /// steps and another tensor forget the results; the same tensor with new values, or steps that were loaded, need it to be set anew.
    /// </summary>
    public bool KeepsResults
    {
        get => _kept is not null;
        set
        {
            Forget();
            _kept = value ? [] : null;
        }
    }

    /// <summary>The transformed weights whose codes are taken; the weights themselves for most methods.</summary>
    /// <param name="weights"><c>[out, …]</c>.</param>
    public Tensor EffectiveWeights(Tensor weights) => _transform.Apply(weights);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Enabled)
        {
            return x;
        }

        return _kept is not null && NoGradient.IsActive ? Kept(_kept, x) : Quantize(x);
    }

    private Tensor Kept(Dictionary<int, Tensor> kept, Tensor x)
    {
        if (!ReferenceEquals(x, _keptOf))
        {
            Forget();
            _keptOf = x;
        }

        if (!kept.TryGetValue(Bits, out Tensor? result))
        {
            using (TensorScope.Begin())
            {
                // A copy, which no op takes for a value that it may overwrite.
                result = Quantize(x).Clone().Persist();
            }

            kept.Add(Bits, result);
        }

        return result;
    }

    private Tensor Quantize(Tensor x)
    {
        CheckShape(x);
        bool finds = !Source.IsFixed && (_followsWeights || !IsInitialized);
        float[]? given = finds && !IsInitialized ? Naming(() => _transform.Begin(x.ToArray())) : null;
        Tensor effective = EffectiveWeights(x);
        if (finds)
        {
            Find(effective, given);
        }

        return Run(effective, effective.Length / Step.Length);
    }

    /// <summary>Takes the steps that a rule gives for weights, at every width its own, instead of those of the first use.</summary>
    /// <param name="weights"><c>[out, …]</c>, finite.</param>
    /// <param name="rule">The rule; a channel of zeros takes the step of the whole tensor.</param>
    /// <exception cref="ArgumentException">A weight is NaN or infinite, or the shape does not fit the steps.</exception>
    /// <exception cref="InvalidOperationException">The method fixes its steps or finds them anew at every use.</exception>
    public void Calibrate(Tensor weights, StepRule rule)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(rule);
        CheckShape(weights);
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            RequireGivenSteps();
            Forget();
            float[] values = EffectiveWeights(weights).ToArray();
            StartWidths(parts => StepsOf(values, rule, parts.Range), isAnew: true);
        }
    }

    /// <summary>Takes given steps for the selected width; where widths share a clipping level, the level moves for all of them.</summary>
    /// <param name="steps">As many as <see cref="Quantizer.Step"/> holds, positive and finite.</param>
    /// <exception cref="ArgumentException">The number of steps differs, or one is not positive and finite.</exception>
    /// <exception cref="InvalidOperationException">The method fixes its steps or finds them anew at every use.</exception>
    public void SetSteps(ReadOnlySpan<float> steps)
    {
        RequireGivenSteps();
        Forget();
        if (steps.Length != Step.Length)
        {
            throw new ArgumentException($"quantizer {Name} holds {Step.Length} steps, got {steps.Length}", nameof(steps));
        }

        foreach (float step in steps)
        {
            if (!(step > 0 && float.IsFinite(step)))
            {
                throw new ArgumentException($"a step of quantizer {Name} is {step}; steps are positive and finite", nameof(steps));
            }
        }

        Source.Start(steps);
        MarkInitialized();
    }

    /// <summary>What the integer engine needs: <c>Apply(w)[i] = steps[channel of i]·codes[i]</c>, bit for bit.</summary>
    /// <param name="weights"><c>[out, …]</c>, finite.</param>
    /// <returns>One code per weight in the order of the tensor; one step per output channel, or a single one.</returns>
    /// <exception cref="ArgumentException">A weight is NaN or infinite, or the shape does not fit the steps.</exception>
    /// <exception cref="InvalidOperationException">The step was never found.</exception>
    public (sbyte[] Codes, float[] Steps) Export(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        CheckShape(weights);
        CheckFinite(weights);
        float[] values;
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            values = EffectiveWeights(weights).ToArray();
        }

        if (!_followsWeights)
        {
            RequireInitialized();
        }

        float[] steps = _followsWeights ? StepsOf(values, Rule, Range) : PositiveSteps();
        (float[] offsets, float[] intake) = _followsWeights ? (new float[steps.Length], steps) : Intake();
        var wide = new int[values.Length];
        CodesWith(values, offsets, intake, wide);
        var codes = new sbyte[wide.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            codes[i] = checked((sbyte)wide[i]);
        }

        return (codes, steps);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Parameters() => base.Parameters().Concat(_transform.Parameters());

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Buffers() => base.Buffers().Concat(_transform.Buffers());

    /// <inheritdoc/>
    private protected override IEnumerable<(string Name, Tensor Tensor)> OwnState() => _transform.Parameters().Concat(_transform.Buffers());

    private protected override void Dispose(bool disposing)
    {
        Forget();
        _transform.Dispose();
        base.Dispose(disposing);
    }

    private void Forget()
    {
        _keptOf = null;
        if (_kept is null)
        {
            return;
        }

        foreach (Tensor result in _kept.Values)
        {
            result.Dispose();
        }

        _kept.Clear();
    }

    private void Find(Tensor effective, float[]? given)
    {
        if (given is not null)
        {
            Source.Start(given);
            MarkInitialized();
            return;
        }

        // Methods that follow their weights come here every step: the copy is rented, not allocated.
        float[] rented = ArrayPool<float>.Shared.Rent(effective.Length);
        try
        {
            Span<float> values = rented.AsSpan(0, effective.Length);
            effective.CopyTo(values);
            if (Source is IntervalSource interval)
            {
                FindInterval(interval, values);
                MarkInitialized();
            }
            else if (_followsWeights)
            {
                Source.Start(Followed(values));
                MarkInitialized();
            }
            else
            {
                StartAll(rented, effective.Length);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    // Apart, so that only the first use pays for the closure.
    private void StartAll(float[] values, int count) => StartWidths(parts => StepsOf(values.AsSpan(0, count), parts.Rule, parts.Range), isAnew: false);

    // Weights that had steps before are not finite any more because training ruined them; at the first use they were given so.
    private float[] Followed(ReadOnlySpan<float> values)
    {
        try
        {
            return StepsOf(values, Rule, Range);
        }
        catch (ArgumentException e) when (IsInitialized)
        {
            throw new ArithmeticException(e.Message, e);
        }
    }

    private void FindInterval(IntervalSource interval, ReadOnlySpan<float> values)
    {
        try
        {
            interval.Find(values);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"weights of quantizer {Name}: {e.Message}", e);
        }
    }

    private T Naming<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"weights of quantizer {Name}: {e.Message}", e);
        }
    }

    /// <summary>The rule's steps; a channel of zeros, which tells nothing, takes the step of the whole tensor.</summary>
    private float[] StepsOf(ReadOnlySpan<float> values, StepRule rule, CodeRange range)
    {
        var steps = new float[Step.Length];
        int inner = values.Length / steps.Length;
        float whole = 0;
        try
        {
            for (int c = 0; c < steps.Length; c++)
            {
                ReadOnlySpan<float> channel = values.Slice(c * inner, inner);
                if (steps.Length > 1 && channel.IndexOfAnyExcept(0f) < 0)
                {
                    whole = whole > 0 ? whole : rule.Step(values, range);
                    steps[c] = whole;
                }
                else
                {
                    steps[c] = rule.Step(channel, range);
                }
            }
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"weights of quantizer {Name}: {e.Message}", e);
        }

        return steps;
    }

    private void RequireGivenSteps()
    {
        if (Source.IsFixed || Source is IntervalSource || _followsWeights || _transform is not NoTransform)
        {
            throw new InvalidOperationException($"{Kind} quantizer {Name} does not quantize by steps that are given to it; use lsq");
        }
    }

    private void CheckFinite(Tensor weights)
    {
        try
        {
            _ = ValueRange.Of(weights.ToArray());
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"weights of quantizer {Name}: {e.Message}", nameof(weights), e);
        }
    }

    private void CheckShape(Tensor weights)
    {
        int channels = Step.Length;
        if (weights.Length == 0 || (channels > 1 && (weights.Shape.Rank < 1 || weights.Shape[0] != channels)))
        {
            throw new ArgumentException(
                $"weights of quantizer {Name} have shape {weights.Shape} but it holds {channels} steps; weights are [out, …] with one step in all or one per output channel");
        }
    }
}
