namespace LowBit.Nn.Schedules;

/// <summary>A stretch of a longer training: another schedule, entered some epochs after its start.</summary>
public sealed class StretchSchedule : Schedule
{
    private readonly Schedule _whole;

    /// <summary>Creates the schedule.</summary>
    /// <param name="offset">Epochs of the whole training before this stretch, 0 or more.</param>
    /// <param name="span">Epochs of the whole training; 0 when it ends with this stretch.</param>
    /// <param name="whole">Its schedule.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite, or the span does not reach beyond the offset.</exception>
    public StretchSchedule(double offset, double span, Schedule whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        if (!(offset >= 0 && double.IsFinite(offset)))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"a stretch starts 0 epochs or more after the whole training, got {offset}");
        }

        if (!(span == 0 || (span > offset && double.IsFinite(span))))
        {
            throw new ArgumentOutOfRangeException(nameof(span), span, $"a whole training of {span} epochs has no stretch that starts at {offset}; give more epochs, or 0");
        }

        Offset = offset;
        Span = span;
        _whole = whole;
    }

    /// <summary>Epochs before this stretch.</summary>
    public double Offset { get; }

    /// <summary>Epochs of the whole training, or 0.</summary>
    public double Span { get; }

    /// <inheritdoc/>
    public override double Factor(double epoch, double epochs) => _whole.Factor(Offset + epoch, Span > 0 ? Span : Offset + epochs);
}
