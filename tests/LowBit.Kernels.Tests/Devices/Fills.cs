namespace LowBit.Kernels.Tests.Devices;

/// <summary>Inputs of a test, from a fixed seed.</summary>
internal sealed class Fills(int seed)
{
    private readonly Random _random = new(seed);

    public float[] Uniform(int count, double low = -2, double high = 2)
    {
        var result = new float[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = (float)(low + ((high - low) * _random.NextDouble()));
        }

        return result;
    }

    /// <summary>Uniform numbers none of which is within 1e-3 of a place where the function bends.</summary>
    public float[] Smooth(int count, double low, double high, double[] kinks)
    {
        float[] result = Uniform(count, low, high);
        for (int i = 0; i < count; i++)
        {
            foreach (double kink in kinks)
            {
                if (Math.Abs(result[i] - kink) < 1e-3)
                {
                    result[i] = (float)(kink + 2e-3);
                }
            }
        }

        return result;
    }

    public int Below(int bound) => _random.Next(bound);
}
