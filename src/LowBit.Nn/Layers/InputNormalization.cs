namespace LowBit.Nn.Layers;

/// <summary>How bytes of an image become the numbers a network sees: <c>x = (p / 255 − mean[c]) / deviation[c]</c>, in float.</summary>
public sealed record InputNormalization
{
    /// <summary>Creates a normalisation.</summary>
    /// <param name="mean">One number per channel, 0 to 1, so that some byte can stand for about real zero.</param>
    /// <param name="deviation">One positive number per channel.</param>
    /// <exception cref="ArgumentException">The lengths differ, are 0, or a number is outside its range.</exception>
    public InputNormalization(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        if (mean.Count == 0 || mean.Count != deviation.Count)
        {
            throw new ArgumentException($"a normalisation needs one mean and one deviation per channel, got {mean.Count} and {deviation.Count}");
        }

        for (int c = 0; c < mean.Count; c++)
        {
            if (!(mean[c] >= 0 && mean[c] <= 1 && deviation[c] > 0 && float.IsFinite(deviation[c])))
            {
                throw new ArgumentException($"channel {c} has mean {mean[c]} and deviation {deviation[c]}; a mean is 0 to 1 and a deviation positive");
            }
        }

        Mean = mean;
        Deviation = deviation;
    }

    /// <summary>One mean per channel.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>One deviation per channel.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <summary>The number for a byte of a channel. Example: with mean 0.5 and deviation 0.25, byte 255 is 2.</summary>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="pixel">The byte.</param>
    public float Apply(int channel, byte pixel) => ((pixel / 255f) - Mean[channel]) / Deviation[channel];
}
