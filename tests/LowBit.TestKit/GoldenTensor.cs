namespace LowBit.TestKit;

/// <summary>One tensor of a golden file, in the layout of PyTorch, widened to double (float32 and integers are exact).</summary>
/// <param name="Name">Name in the file, CASE/ROLE.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Values">Row-major elements.</param>
public sealed record GoldenTensor(string Name, int[] Shape, double[] Values)
{
    /// <summary>The elements as float32; exact for tensors that were stored so.</summary>
    public float[] Floats => Array.ConvertAll(Values, static v => (float)v);

    /// <summary>The elements of an integer tensor.</summary>
    public int[] Integers => Array.ConvertAll(Values, static v => checked((int)v));

    /// <summary>NCHW to NHWC, or OIHW to OHWI; other ranks stay as they are.</summary>
    public GoldenTensor ChannelsLast()
        => Shape.Length != 4
            ? this
            : new(Name, [Shape[0], Shape[2], Shape[3], Shape[1]], Layouts.ToChannelsLast<double>(Values, Shape[0], Shape[1], Shape[2], Shape[3]));
}
