using LowBit.Kernels.Devices;
using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization;

/// <summary>A quantizer on an edge of the network: one step for a tensor <c>[batch, …]</c>.</summary>
public sealed class ActivationQuantizer : Quantizer
{
    /// <summary>Composes a quantizer.</summary>
    /// <param name="parts">The parts, with exactly one step.</param>
    /// <exception cref="ArgumentException">There is more than one step, or the codes are not unsigned.</exception>
    public ActivationQuantizer(QuantizerParts parts)
        : this(new QuantizerWidths(parts))
    {
    }

    /// <summary>Composes a quantizer that can be switched between widths.</summary>
    /// <param name="widths">The parts of each width, with exactly one step.</param>
    /// <exception cref="ArgumentException">There is more than one step, or the codes are not unsigned.</exception>
    public ActivationQuantizer(QuantizerWidths widths)
        : base(widths)
    {
        foreach (QuantizerParts parts in widths.All)
        {
            if (parts.Steps.Step.Length != 1)
            {
                throw new ArgumentException($"an activation has one step, got {parts.Steps.Step.Length}", nameof(widths));
            }

            if (parts.Range.Signed || !parts.Range.Contains(parts.ZeroPoint))
            {
                throw new ArgumentException(
                    $"activation codes are stored unsigned with the zero point among them, got {parts.Range} and zero point {parts.ZeroPoint}", nameof(widths));
            }
        }
    }

    /// <summary>True when values on both sides of zero have codes.</summary>
    public bool Signed => ZeroPoint > 0;

    /// <summary>
    /// False: running ranges stay as they are. They stay so in any case while gradients are off, so that evaluation never changes a model.
    /// </summary>
    public bool Training { get; set; } = true;

    /// <summary>The observer of a running calibration, else null.</summary>
    public Observer? Observer { get; private set; }

    /// <summary>Starts calibration: until <see cref="EndCalibration"/>, values pass unchanged and the observer sees them.</summary>
    /// <param name="observer">Collects the statistics.</param>
    /// <exception cref="InvalidOperationException">The method fixes the step.</exception>
    public void BeginCalibration(Observer observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (Source.IsFixed)
        {
            throw new InvalidOperationException($"{Kind} quantizer {Name} has a step fixed by its method; calibrate quantizers of another method");
        }

        Observer = observer;
    }

    /// <summary>Ends calibration and takes the observer's step, at every width its own.</summary>
    /// <exception cref="InvalidOperationException">No calibration runs, or nothing was observed.</exception>
    public void EndCalibration()
    {
        if (Observer is null)
        {
            throw new InvalidOperationException($"no calibration of quantizer {Name} is running; call BeginCalibration first");
        }

        Observer observer = Observer;
        StartWidths(parts => [observer.Step(parts.Range, parts.Steps.ZeroPoint ?? parts.ZeroPoint)], isAnew: true);
        Observer = null;
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Enabled)
        {
            return x;
        }

        if (x.Shape.Rank < 1 || x.Length == 0)
        {
            throw new ArgumentException($"activations at quantizer {Name} are [batch, …] and not empty, got {x.Shape}", nameof(x));
        }

        if (Observer is not null)
        {
            Observer.Observe(x.ToArray());
            return x;
        }

        FindStep(x);
        return Run(x, x.Length / x.Shape[0]);
    }

    /// <summary>
    /// True when <see cref="ApplyAfter"/> may take the place of <see cref="Apply"/>: the step is known and neither found from nor followed by the
    /// values that come, and the method has no interval of its own.
    /// </summary>
    public bool CanFuse => Op.CanFuse && Enabled && Observer is null && Source is not TrackedStep && IsInitialized;

    /// <summary>Fake-quantizes the result of a convolution with batch normalisation as part of that op: the same values, less traffic through memory.</summary>
    /// <param name="inputs">Operands of the convolution and the normalisation.</param>
    /// <exception cref="InvalidOperationException"><see cref="CanFuse"/> is false.</exception>
    public Tensor ApplyAfter(in ConvBatchNormInputs inputs)
    {
        if (!CanFuse)
        {
            throw new InvalidOperationException($"{Kind} quantizer {Name} must see its input first or is off; apply it behind the op instead");
        }

        ConvShape shape = inputs.Validate();
        return RunAfter(in inputs, checked((int)(shape.OutputLength / shape.Batch)));
    }

    /// <summary>What the integer engine needs: real value = step·(code − zeroPoint), low ≤ code ≤ high, codes unsigned.</summary>
    /// <exception cref="InvalidOperationException">The step was never found.</exception>
    public (float Step, int ZeroPoint, int Low, int High) Export()
    {
        RequireInitialized();
        float step = PositiveSteps()[0];
        return (step, ZeroPoint, Range.Low, Range.High);
    }

    /// <summary>
    /// How the producer of the edge makes codes: <c>code = clamp(round((x − Offset)/Step) + zeroPoint)</c>. The step is that of <see cref="Export"/> and the
    /// offset 0 for all methods but those that quantize an interval of their own (EWGS, QIL).
    /// </summary>
    /// <exception cref="InvalidOperationException">The step was never found.</exception>
    public (float Offset, float Step) ExportIntake()
    {
        RequireInitialized();
        (float[] offsets, float[] steps) = Intake();
        return (offsets[0], steps[0]);
    }

    private void FindStep(Tensor x)
    {
        if (Source.IsFixed)
        {
            return;
        }

        bool isFirst = !IsInitialized;
        if (Source is TrackedStep tracked)
        {
            if (isFirst || (Training && !NoGradient.IsActive))
            {
                tracked.Track(x, isFirst, Name);
                MarkInitialized();
            }
        }
        else if (isFirst)
        {
            try
            {
                if (Source is IntervalSource interval)
                {
                    interval.Find(x.ToArray());
                    MarkInitialized();
                }
                else
                {
                    float[] values = x.ToArray();
                    StartWidths(parts => [parts.Rule.Step(values, parts.Range, parts.ZeroPoint)], isAnew: false);
                }
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"activations at quantizer {Name}: {e.Message}", nameof(x), e);
            }
        }
    }
}
