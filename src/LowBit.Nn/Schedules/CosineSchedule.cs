namespace LowBit.Nn.Schedules;

/// <summary>
/// Half a cosine from 1 to <see cref="Final"/>: <c>f + (1 − f)·(1 + cos(π·epoch/epochs))/2</c>. Loshchilov and Hutter 2017,
/// arXiv:1608.03983, eq. 5 without restarts.
/// </summary>
public sealed class CosineSchedule : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="final">Factor at the end, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="final"/> is outside 0 to 1.</exception>
    public CosineSchedule(double final = 0)
    {
        if (!(final >= 0 && final <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(final), final, $"the final factor of a cosine is 0 to 1, got {final}");
        }

        Final = final;
    }

    /// <summary>Factor at the end.</summary>
    public double Final { get; }

    /// <inheritdoc/>
    public override double Factor(double epoch, double epochs)
        => Final + ((1 - Final) * (1 + Math.Cos(Math.PI * Math.Clamp(epoch / epochs, 0, 1))) / 2);
}
