using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Threading;
using LowBit.Tensors.Ops;
using LowBit.TestKit.Oracles;
using Xunit;

namespace LowBit.Tensors.Tests;

/// <summary>
/// Random graphs of ops that hand gradients on, work in place, share memory and stop gradients, against the same graph in
/// scalars: gradients that leak from one buffer into another show here.
/// </summary>
public class RandomGraphTests
{
    private const int Width = 3;

    [Fact]
    public void Gradients_of_random_graphs_equal_the_derivatives_of_their_formulas()
    {
        using var pool = new WorkerPool(1);
        using var device = new CpuDevice(pool);
        for (int seed = 0; seed < 400; seed++)
        {
            using (TensorScope.Begin())
            {
                Check(device, seed);
            }

            Assert.Equal(0, device.Memory.InUse);
        }
    }

    private static void Check(CpuDevice device, int seed)
    {
        var random = new Random(seed);
        var tape = new ErrorTape();
        var leaves = new List<(Tensor Tensor, Var[] Vars)>();
        for (int i = 0; i < 3; i++)
        {
            float[] x = [.. Enumerable.Range(0, Width).Select(_ => (float)((random.NextDouble() * 2) - 1))];
            Tensor t = Tensor.FromArray(device, x);
            t.RequiresGradient = true;
            leaves.Add((t, tape.Inputs([.. x.Select(static v => (double)v)])));
        }

        var live = new List<(Tensor Tensor, Var[] Vars)>(leaves);
        for (int step = 0; step < 24; step++)
        {
            Grow(random, live);
        }

        // One gradient reaches every tensor that is left.
        (Tensor total, Var[] sum) = live[0];
        foreach ((Tensor t, Var[] v) in live.Skip(1))
        {
            total += t;
            sum = Zip(sum, v, static (a, b) => a + b);
        }

        for (int i = 0; i < Width; i++)
        {
            Near(sum[i].Value, total.ToArray()[i], sum[i].Error, $"graph {seed}: value {i}");
        }

        total.Sum().Backward();
        Adjoints exact = tape.Backward(sum, [.. Enumerable.Repeat(1.0, Width)]);
        for (int k = 0; k < leaves.Count; k++)
        {
            for (int i = 0; i < Width; i++)
            {
                Var v = leaves[k].Vars[i];
                Near(exact.Value(v), leaves[k].Tensor.Gradient?.ToArray()[i] ?? 0, exact.Error(v), $"graph {seed}: gradient {k}[{i}]");
            }
        }
    }

    private static void Grow(Random random, List<(Tensor Tensor, Var[] Vars)> live)
    {
        int at = random.Next(live.Count);
        (Tensor x, Var[] v) = live[at];
        (Tensor y, Var[] w) = live[random.Next(live.Count)];

        // Where rounding may decide the side of the ReLU, the formula does not say which one is right.
        bool mayClip = v.All(static e => e.Error == 0 || Math.Abs(e.Value) > 4 * e.Error);
        switch (random.Next(9))
        {
            case 0 or 1:
                live.Add((x + y, Zip(v, w, static (a, b) => a + b)));
                break;
            case 2:
                live.Add((x - y, Zip(v, w, static (a, b) => a - b)));
                break;
            case 3 when v.Concat(w).All(static e => Math.Abs(e.Value) < 100):
                live.Add((x * y, Zip(v, w, static (a, b) => a * b)));
                break;
            case 4:
                live.Add((x.Scale(-0.5f), Array.ConvertAll(v, static e => e * -0.5)));
                break;
            case 5 when mayClip:
                live.Add((x.Relu(), Clip(v)));
                break;
            case 6 when mayClip:
                // In place: the operand is used up, unless it is a leaf.
                live[at] = (x.ReluInPlace(), Clip(v));
                break;
            case 7:
                live.Add((x.Reshape(Width, 1).Apply<Negate>().Reshape(Width), Array.ConvertAll(v, static e => -e)));
                break;
            case 8:
                live.Add((x.Detach(), Array.ConvertAll(v, static e => e.Tape.Detach(e))));
                break;
            default:
                break;
        }
    }

    private static Var[] Clip(Var[] v) => Array.ConvertAll(v, static e => e.Value > 0 ? e : e * 0);

    private static Var[] Zip(Var[] a, Var[] b, Func<Var, Var, Var> f) => [.. a.Zip(b, f)];

    private static void Near(double expected, double actual, double tolerance, string what)
        => Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what} is {actual:R}, expected {expected:R} within {tolerance:G3}");
}
