namespace LowBit.TestKit;

/// <summary>The transpositions between PyTorch's layouts and LowBit's.</summary>
public static class Layouts
{
    /// <summary>NCHW to NHWC; also OIHW to OHWI, with n = out and c = in.</summary>
    public static T[] ToChannelsLast<T>(ReadOnlySpan<T> source, int n, int c, int h, int w)
    {
        var result = new T[source.Length];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < c; k++)
            {
                for (int p = 0; p < h * w; p++)
                {
                    result[(((i * h * w) + p) * c) + k] = source[(((i * c) + k) * h * w) + p];
                }
            }
        }

        return result;
    }

    /// <summary>NHWC to NCHW; also OHWI to OIHW, with n = out and c = in.</summary>
    public static T[] ToChannelsFirst<T>(ReadOnlySpan<T> source, int n, int h, int w, int c)
    {
        var result = new T[source.Length];
        for (int i = 0; i < n; i++)
        {
            for (int p = 0; p < h * w; p++)
            {
                for (int k = 0; k < c; k++)
                {
                    result[(((i * c) + k) * h * w) + p] = source[(((i * h * w) + p) * c) + k];
                }
            }
        }

        return result;
    }
}
