using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Filling and linear combinations.</summary>
internal static class ElementwiseCases
{
    public static IEnumerable<DeviceCase> All =>
    [
        new("fill", TestSizes.Flat, static (size, _) =>
        {
            var p = new DeviceProblem();
            p.Output(Enumerable.Repeat((Approx)1.25f, size[0]).ToArray());
            p.Run = (d, b) => d.Fill(size[0], 1.25f, b[0]);
            return p;
        }),
        new("copy", TestSizes.Flat, static (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(size[0]));
            p.Output(Array.ConvertAll(x, static v => (Approx)v));
            p.Run = (d, b) => d.Copy(size[0], b[0], b[1]);
            return p;
        }),
        new("scale", TestSizes.Flat, static (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(size[0]));
            p.Output(Array.ConvertAll(x, static v => (Approx)(0.3f * v)));
            p.Run = (d, b) => d.Scale(size[0], 0.3f, b[0], b[1]);
            return p;
        }),
        new("accumulate", TestSizes.Flat, static (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(size[0]));
            float[] y = fills.Uniform(size[0]);
            p.Changed(y, x.Zip(y, static (a, b) => (Approx)MathF.FusedMultiplyAdd(-0.7f, a, b)).ToArray());
            p.Run = (d, b) => d.Accumulate(size[0], -0.7f, b[0], b[1]);
            return p;
        }),
        new("fill_uniform", TestSizes.FlatFew, static (size, _) => Random(size[0], static (key, position, y) => Philox.FillUniform(key, position, -3, 5, y),
            static (d, count, key, b) => d.FillUniform(count, -3, 5, key, b))),
        new("fill_normal", TestSizes.FlatFew, static (size, _) => Random(size[0], static (key, position, y) => Philox.FillNormal(key, position, 1, 2, y),
            static (d, count, key, b) => d.FillNormal(count, 1, 2, key, b))),
        new("add_row_vector", TestSizes.Columns, static (size, fills) =>
        {
            (int rows, int columns) = (size[0], size[1]);
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(rows * columns));
            float[] v = p.Input(fills.Uniform(columns));
            p.Output(x.Select((a, i) => (Approx)(a + v[i % columns])).ToArray());
            p.Run = (d, b) => d.AddRowVector(rows, columns, b[0], b[1], b[2]);
            return p;
        }),
    ];

    private delegate void Stream(PhiloxKey key, ulong position, Span<float> y);

    // Element by element: a fill must not depend on where it was cut.
    private static DeviceProblem Random(int count, Stream stream, Action<Device, int, PhiloxKey, DeviceBuffer> run)
    {
        var key = new PhiloxKey(0x1234_5678_9ABC_DEF0, 42);
        var p = new DeviceProblem();
        var expected = new Approx[count];
        Span<float> one = stackalloc float[1];
        for (int i = 0; i < count; i++)
        {
            stream(key, (ulong)i, one);
            expected[i] = one[0];
        }

        p.Output(expected);
        p.Run = (d, b) => run(d, count, key, b[0]);
        return p;
    }
}
