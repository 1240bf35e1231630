using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Poolings and the option-A shortcut; sizes are batch, height, width, channels, kernel, stride, padding.</summary>
internal static class PoolingCases
{
    private static readonly int[][] s_sizes =
    [
        [1, 1, 1, 1, 1, 1, 0], [1, 2, 2, 1, 2, 2, 0], [2, 9, 8, 5, 2, 2, 0], [2, 9, 8, 5, 3, 2, 1], [3, 7, 7, 17, 3, 1, 1], [1, 6, 5, 64, 3, 3, 0],
        [2, 8, 8, 33, 8, 8, 0], [5, 12, 10, 16, 2, 2, 0], [1, 5, 5, 70, 4, 1, 2],
    ];

    // Batch, height, width, channels in, channels out, stride.
    private static readonly int[][] s_shortcuts =
    [
        [1, 1, 1, 1, 1, 1], [2, 4, 4, 3, 8, 2], [1, 7, 5, 16, 32, 2], [3, 6, 6, 5, 6, 1], [2, 8, 8, 33, 70, 2], [1, 5, 4, 4, 4, 3],
    ];

    public static IEnumerable<DeviceCase> All =>
    [
        new("max_pool", s_sizes, static (size, fills) => MaxForward(Shape(size), fills)),
        new("max_pool_backward", s_sizes, static (size, fills) => MaxBackward(Shape(size), fills)),
        new("average_pool", s_sizes, static (size, fills) => AverageForward(Shape(size), fills)),
        new("average_pool_backward", s_sizes, static (size, fills) => AverageBackward(Shape(size), fills)),
        new("shortcut", s_shortcuts, static (size, fills) => Shortcut(new(size[0], size[1], size[2], size[3], size[4], size[5]), fills)),
        new("shortcut_backward", s_shortcuts, static (size, fills) => ShortcutBackward(new(size[0], size[1], size[2], size[3], size[4], size[5]), fills)),
    ];

    private static PoolShape Shape(int[] size) => new(size[0], size[1], size[2], size[3], size[4], size[4], size[5], size[6]);

    /// <summary>For every output: the flat indices of its window's pixels in the whole input, row by row.</summary>
    private static List<int>[] Windows(PoolShape s)
    {
        var windows = new List<int>[(int)s.OutputLength];
        for (int i = 0; i < windows.Length; i++)
        {
            int c = i % s.Channels, column = i / s.Channels % s.OutWidth, row = i / s.Channels / s.OutWidth % s.OutHeight;
            int image = i / s.Channels / s.OutWidth / s.OutHeight;
            windows[i] = [];
            for (int k = 0; k < s.KernelHeight * s.KernelWidth; k++)
            {
                int h = (row * s.Stride) - s.Padding + (k / s.KernelWidth), w = (column * s.Stride) - s.Padding + (k % s.KernelWidth);
                if (h >= 0 && w >= 0 && h < s.Height && w < s.Width)
                {
                    windows[i].Add((((((image * s.Height) + h) * s.Width) + w) * s.Channels) + c);
                }
            }
        }

        return windows;
    }

    // Few different values, so that equal maxima occur and the first must win.
    private static float[] Coarse(int count, Fills fills)
    {
        var result = new float[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = fills.Below(4) - 2;
        }

        return result;
    }

    private static int[] ArgMax(PoolShape s, float[] x) => Array.ConvertAll(Windows(s), window => window.Aggregate((best, i) => x[i] > x[best] ? i : best));

    private static DeviceProblem MaxForward(PoolShape s, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(Coarse((int)s.InputLength, fills));
        int[] argmax = ArgMax(s, x);
        int imageLength = (int)s.InputLength / s.Batch;
        p.Output(Array.ConvertAll(argmax, i => (Approx)x[i]));
        p.Output(Array.ConvertAll(argmax, i => (Approx)BitConverter.Int32BitsToSingle(i % imageLength)));
        p.Run = (d, b) => d.MaxPoolForward(in s, b[0], b[1], b[2]);
        return p;
    }

    private static DeviceProblem MaxBackward(PoolShape s, Fills fills)
    {
        var p = new DeviceProblem();
        int[] argmax = ArgMax(s, Coarse((int)s.InputLength, fills));
        int imageLength = (int)s.InputLength / s.Batch;
        float[] gy = p.Input(fills.Uniform(argmax.Length)), gx = fills.Uniform((int)s.InputLength);
        p.Input(Array.ConvertAll(argmax, i => BitConverter.Int32BitsToSingle(i % imageLength)));
        var terms = gx.Select(static g => new List<Approx> { g }).ToArray();
        for (int i = 0; i < argmax.Length; i++)
        {
            terms[argmax[i]].Add(gy[i]);
        }

        p.Changed(gx, Array.ConvertAll(terms, static t => Approx.Sum(t, t.Count)));
        p.Run = (d, b) => d.MaxPoolBackward(in s, b[0], b[1], b[2]);
        return p;
    }

    private static DeviceProblem AverageForward(PoolShape s, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform((int)s.InputLength));
        p.Output(Array.ConvertAll(Windows(s), window => Approx.Sum(window.Select(i => (Approx)x[i]), window.Count) / (s.KernelHeight * s.KernelWidth)));
        p.Run = (d, b) => d.AveragePoolForward(in s, b[0], b[1]);
        return p;
    }

    private static DeviceProblem AverageBackward(PoolShape s, Fills fills)
    {
        var p = new DeviceProblem();
        List<int>[] windows = Windows(s);
        float[] gy = p.Input(fills.Uniform(windows.Length)), gx = fills.Uniform((int)s.InputLength);
        var terms = gx.Select(static g => new List<Approx> { g }).ToArray();
        for (int i = 0; i < windows.Length; i++)
        {
            windows[i].ForEach(pixel => terms[pixel].Add((Approx)gy[i] / (s.KernelHeight * s.KernelWidth)));
        }

        p.Changed(gx, Array.ConvertAll(terms, static t => Approx.Sum(t, t.Count)));
        p.Run = (d, b) => d.AveragePoolBackward(in s, b[0], b[1]);
        return p;
    }

    /// <summary>For every output: the index of its input, or −1.</summary>
    private static int[] Sources(ShortcutShape s)
    {
        var result = new int[s.Batch * s.OutHeight * s.OutWidth * s.OutChannels];
        for (int i = 0; i < result.Length; i++)
        {
            int c = (i % s.OutChannels) - ((s.OutChannels - s.InChannels) / 2), column = i / s.OutChannels % s.OutWidth;
            int row = i / s.OutChannels / s.OutWidth % s.OutHeight, image = i / s.OutChannels / s.OutWidth / s.OutHeight;
            result[i] = c < 0 || c >= s.InChannels ? -1 : (((((image * s.Height) + (row * s.Stride)) * s.Width) + (column * s.Stride)) * s.InChannels) + c;
        }

        return result;
    }

    private static DeviceProblem Shortcut(ShortcutShape s, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(s.Batch * s.Height * s.Width * s.InChannels));
        p.Output(Array.ConvertAll(Sources(s), i => (Approx)(i < 0 ? 0 : x[i])));
        p.Run = (d, b) => d.ShortcutForward(in s, b[0], b[1]);
        return p;
    }

    private static DeviceProblem ShortcutBackward(ShortcutShape s, Fills fills)
    {
        var p = new DeviceProblem();
        int[] sources = Sources(s);
        float[] gy = p.Input(fills.Uniform(sources.Length)), gx = fills.Uniform(s.Batch * s.Height * s.Width * s.InChannels);
        Approx[] after = Array.ConvertAll(gx, static g => (Approx)g);
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i] >= 0)
            {
                after[sources[i]] = gx[sources[i]] + gy[i];
            }
        }

        p.Changed(gx, after);
        p.Run = (d, b) => d.ShortcutBackward(in s, b[0], b[1]);
        return p;
    }
}
