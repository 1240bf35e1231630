namespace LowBit.Data.Images;

/// <summary>One decoded picture.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 gray or 3 red, green, blue.</param>
/// <param name="Pixels">[height, width, channels], 0 dark to 255 bright.</param>
public sealed record RasterImage(int Height, int Width, int Channels, byte[] Pixels)
{
    /// <summary>
    /// This picture with another number of channels: gray to colour repeats, colour to gray weighs by ITU-R BT.601,
    /// (299·R + 587·G + 114·B + 500) / 1000.
    /// </summary>
    /// <param name="channels">1 or 3.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is neither 1 nor 3.</exception>
    public RasterImage WithChannels(int channels)
    {
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 1 or 3 channels");
        }

        if (channels == Channels)
        {
            return this;
        }

        int count = Height * Width;
        var pixels = new byte[count * channels];
        for (int p = 0; p < count; p++)
        {
            if (channels == 3)
            {
                pixels.AsSpan(3 * p, 3).Fill(Pixels[p]);
            }
            else
            {
                pixels[p] = (byte)(((299 * Pixels[3 * p]) + (587 * Pixels[(3 * p) + 1]) + (114 * Pixels[(3 * p) + 2]) + 500) / 1000);
            }
        }

        return new RasterImage(Height, Width, channels, pixels);
    }

    /// <summary>
    /// This picture at another size, by the mean over the area that each new pixel covers (bilinear when enlarging).
    /// </summary>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="width">Columns of the result, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public RasterImage Resized(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (height == Height && width == Width)
        {
            return this;
        }

        double[] rows = new double[height * Width * Channels];
        Resample(i => Pixels[i], rows, new Axis(1, Height, height, Width * Channels));
        var pixels = new double[height * width * Channels];
        Resample(i => rows[i], pixels, new Axis(height, Width, width, Channels));
        var bytes = new byte[pixels.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp(Math.Round(pixels[i], MidpointRounding.ToEven), 0, 255);
        }

        return new RasterImage(height, width, Channels, bytes);
    }

    /// <summary>One axis of a [outer, length, inner] array.</summary>
    private readonly record struct Axis(int Outer, int From, int To, int Inner);

    // A triangle filter as wide as one new pixel, at least one old pixel on either side.
    private static void Resample(Func<int, double> source, double[] target, Axis axis)
    {
        double ratio = (double)axis.From / axis.To;
        double reach = Math.Max(1.0, ratio);
        for (int to = 0; to < axis.To; to++)
        {
            double centre = ((to + 0.5) * ratio) - 0.5;
            int first = Math.Max(0, (int)Math.Ceiling(centre - reach));
            int last = Math.Min(axis.From - 1, (int)Math.Floor(centre + reach));
            double total = 0;
            for (int from = first; from <= last; from++)
            {
                double weight = 1.0 - (Math.Abs(from - centre) / reach);
                total += weight;
                for (int outer = 0; outer < axis.Outer; outer++)
                {
                    for (int inner = 0; inner < axis.Inner; inner++)
                    {
                        target[(((outer * axis.To) + to) * axis.Inner) + inner] += weight * source((((outer * axis.From) + from) * axis.Inner) + inner);
                    }
                }
            }

            for (int outer = 0; outer < axis.Outer; outer++)
            {
                for (int inner = 0; inner < axis.Inner; inner++)
                {
                    target[(((outer * axis.To) + to) * axis.Inner) + inner] /= total;
                }
            }
        }
    }
}
