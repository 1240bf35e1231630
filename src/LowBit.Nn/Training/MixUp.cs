using LowBit.Kernels.Rng;

namespace LowBit.Nn.Training;

/// <summary>
/// MixUp: every image of a batch is mixed with another one of it, <c>x = λ·x[i] + (1 − λ)·x[n − 1 − i]</c>, and the loss likewise,
/// <c>λ·L(y[i]) + (1 − λ)·L(y[n − 1 − i])</c>, with one λ ~ Beta(α, α) for each batch. Zhang et al. 2018, arXiv:1710.09412, eq. 1.
/// </summary>
/// <remarks>
/// λ is a function of seed, epoch and batch, so a resumed run mixes as an uninterrupted one. Batches are shuffled by their source,
/// so the batch in reverse order is as good a set of partners as any.
/// </remarks>
public sealed class MixUp
{
    // λ lies on a grid of 2^-16: a last bit in which the logarithms of two machines differ does not reach the images.
    private const double Grid = 65536;

    // "mixup" in ASCII: a stream that no parameter name hashes to by intent.
    private const ulong Stream = 0x6D69_7875_70;

    private readonly PhiloxKey _key;

    /// <summary>Fixes α and seed.</summary>
    /// <param name="alpha">α, 0.001 to 1000: below 1 most batches stay nearly pure, at 1 λ is uniform, above it most are mixed evenly.</param>
    /// <param name="seed">The user's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">α is outside its range.</exception>
    public MixUp(double alpha, ulong seed)
    {
        if (!(alpha >= 0.001 && alpha <= 1000))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"MixUp's alpha is 0.001 to 1000, got {alpha}; leave MixUp out to train on pure images");
        }

        Alpha = alpha;
        _key = new PhiloxKey(seed, Stream);
    }

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <summary>λ of a batch, 0 to 1, a multiple of 2^-16.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="batch">From 0.</param>
    public float Share(int epoch, int batch)
    {
        // 2^8 blocks for each batch; a rejection has a chance of 5 % at most, so 256 of them never happen.
        ulong block = (((ulong)epoch << 32) + (ulong)batch) << 8;
        double first = LogGamma(ref block);
        double second = LogGamma(ref block);
        return (float)(Math.Round(Grid / (1 + Math.Exp(second - first))) / Grid);
    }

    /// <summary>Mixes a batch with itself in reverse order; the middle image of an odd batch stays as it is.</summary>
    /// <param name="images"><c>[count, …]</c>, mixed in place.</param>
    /// <param name="count">Images.</param>
    /// <param name="share">λ, 0 to 1.</param>
    public static void Mix(Span<float> images, int count, float share)
    {
        int length = images.Length / count;
        float rest = 1 - share;
        for (int i = 0; i < count / 2; i++)
        {
            Span<float> a = images.Slice(i * length, length), b = images.Slice((count - 1 - i) * length, length);
            for (int j = 0; j < a.Length; j++)
            {
                (a[j], b[j]) = ((share * a[j]) + (rest * b[j]), (share * b[j]) + (rest * a[j]));
            }
        }
    }

    // Logarithm of a number from Gamma(α, 1): Marsaglia and Tsang 2000 ("A simple method for generating gamma variables") for α + 1,
    // then their section 6, G(α) = G(α + 1)·U^(1/α). In logarithms, because for a small α the number itself is below every float.
    private double LogGamma(ref ulong block)
    {
        double d = Alpha + (2.0 / 3), c = 1 / Math.Sqrt(9 * d);
        Span<float> normal = stackalloc float[1];
        while (true)
        {
            // Words 0 and 1 of a block make the normal number, words 2 and 3 the uniform ones.
            Philox.FillNormal(_key, 4 * block, 0, 1, normal);
            (_, _, uint accept, uint power) = Philox.Block(_key, block++);
            double x = normal[0], v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (LogUniform(accept) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d * v) + (LogUniform(power) / Alpha);
            }
        }
    }

    private static double LogUniform(uint word) => Math.Log((word + 0.5) / 4294967296.0);
}
