using LowBit.Data.Sets;

namespace LowBit.Data.Augmentation;

/// <summary>
/// The affine map from pixels to network input, per channel: <c>x = (p / 255 − mean) / std</c>, p in 0..255.
/// </summary>
/// <param name="Mean">[channels], in units of p / 255.</param>
/// <param name="Std">[channels], positive, in units of p / 255.</param>
public sealed record Normalization(float[] Mean, float[] Std)
{
    /// <summary>The usual constants of a set by name, or the measured ones of an unknown set.</summary>
    /// <param name="set">The set; only its training images may be measured.</param>
    public static Normalization For(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Name switch
        {
            "mnist" => new([0.1307f], [0.3081f]),
            "fashion-mnist" => new([0.2860f], [0.3530f]),
            "cifar10" => new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]),
            "cifar100" => new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]),
            "glyphs" => new([0.25f], [0.30f]),
            _ => Measure(set),
        };
    }

    /// <summary>The constants of networks trained on ImageNet statistics: mean 0.485, 0.456, 0.406, std 0.229, 0.224, 0.225.</summary>
    public static Normalization ImageNet => new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Mean and standard deviation of every channel over all pixels of a set, rounded to four decimals.</summary>
    /// <param name="set">The set to measure, at least one image.</param>
    public static Normalization Measure(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        int channels = set.Channels;
        var mean = new float[channels];
        var std = new float[channels];
        ReadOnlySpan<byte> pixels = set.Pixels.Span;
        for (int c = 0; c < channels; c++)
        {
            long sum = 0;
            long squares = 0;
            for (int i = c; i < pixels.Length; i += channels)
            {
                sum += pixels[i];
                squares += (long)pixels[i] * pixels[i];
            }

            double count = pixels.Length / (double)channels;
            double average = sum / count;
            double variance = (squares / count) - (average * average);
            mean[c] = (float)Math.Round(average / 255, 4);
            // A constant channel carries nothing; one keeps it finite.
            std[c] = variance > 0 ? (float)Math.Max(1e-4, Math.Round(Math.Sqrt(variance) / 255, 4)) : 1f;
        }

        return new Normalization(mean, std);
    }
}
