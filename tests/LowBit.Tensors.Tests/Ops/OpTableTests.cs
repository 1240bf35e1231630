using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using LowBit.TestKit.Oracles;
using Xunit;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>What every op of the table must do.</summary>
public class OpTableTests
{
    private static readonly CpuDevice s_device = new(new WorkerPool(2));

    public static TheoryData<string> Names => [.. OpCases.All.Select(static c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_equals_the_formula(string name)
    {
        OpCase op = Find(name);
        foreach (int[][] shapes in op.Shapes)
        {
            using TensorScope scope = TensorScope.Begin();
            float[][] inputs = op.Inputs(shapes);
            var tape = new ErrorTape();
            IReadOnlyList<Var> expected = op.Formula(tape, OpCase.Operands(tape, shapes, Widen(inputs)));
            float[] actual = op.Run(OpCase.Leaves(s_device, shapes, inputs, false)).ToArray();
            Assert.Equal(expected.Count, actual.Length);
            for (int i = 0; i < actual.Length; i++)
            {
                AssertNear(expected[i].Value, actual[i], expected[i].Error, $"{name} {Print(shapes)}: y[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_the_derivatives_of_the_formula(string name)
    {
        OpCase op = Find(name);
        foreach (int[][] shapes in op.Shapes)
        {
            float[][] inputs = op.Inputs(shapes);
            (float[] r, _, float[]?[] gradients) = RunBackward(s_device, op, shapes, inputs, _ => true);
            (Operand[] operands, Adjoints exact) = Differentiate(op, shapes, inputs, r);
            for (int k = 0; k < gradients.Length; k++)
            {
                float[] actual = gradients[k] ?? new float[inputs[k].Length];
                for (int i = 0; i < actual.Length; i++)
                {
                    Var v = operands[k][i];
                    AssertNear(exact.Value(v), actual[i], exact.Error(v), $"{name} {Print(shapes)}: gradient {k}[{i}]");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_finite_differences_along_random_directions(string name)
    {
        OpCase op = Find(name);
        const double H = 1e-6;
        foreach (int[][] shapes in op.Shapes)
        {
            float[][] inputs = op.Inputs(shapes, seed: 2);
            (float[] r, _, float[]?[] gradients) = RunBackward(s_device, op, shapes, inputs, _ => true);
            (Operand[] operands, Adjoints exact) = Differentiate(op, shapes, inputs, r);
            var random = new Random(3);
            double[][] plus = Widen(inputs), minus = Widen(inputs);
            (double analytic, double tolerance) = (0, 0);
            for (int k = 0; k < inputs.Length; k++)
            {
                for (int i = 0; gradients[k] is { } g && i < g.Length; i++)
                {
                    double d = random.NextDouble() - 0.5;
                    plus[k][i] += H * d;
                    minus[k][i] -= H * d;
                    analytic += g[i] * d;
                    tolerance += exact.Error(operands[k][i]) * Math.Abs(d);
                }
            }

            (double high, double magnitude) = Evaluate(op, shapes, plus, r);
            (double low, _) = Evaluate(op, shapes, minus, r);

            // Double rounding of the two sums over 2h, and h²/6 of a third derivative that no case has above 10^4 times its value.
            tolerance += magnitude * ((1e-14 / H) + (H * H * 1e4)) + 1e-12;
            AssertNear((high - low) / (2 * H), analytic, tolerance, $"{name} {Print(shapes)}: directional derivative");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_goes_only_where_it_is_asked_for(string name)
    {
        OpCase op = Find(name);
        int[][] shapes = op.Shapes[0];
        float[][] inputs = op.Inputs(shapes);
        (_, _, float[]?[] all) = RunBackward(s_device, op, shapes, inputs, _ => true);
        for (int k = 0; k < inputs.Length; k++)
        {
            if (all[k] is null)
            {
                continue;
            }

            int only = k;
            (_, _, float[]?[] one) = RunBackward(s_device, op, shapes, inputs, i => i == only);
            for (int j = 0; j < inputs.Length; j++)
            {
                Assert.Equal(j == k ? all[j] : null, one[j]);
            }
        }

        using TensorScope scope = TensorScope.Begin();
        Assert.Null(op.Run(OpCase.Leaves(s_device, shapes, inputs, false)).Producer);
        using NoGradient off = NoGradient.Begin();
        Assert.False(op.Run(OpCase.Leaves(s_device, shapes, inputs, true)).RequiresGradient);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_add_to_what_is_there(string name)
    {
        OpCase op = Find(name);
        int[][] shapes = op.Shapes[0];
        float[][] inputs = op.Inputs(shapes);
        (float[] r, _, float[]?[] once) = RunBackward(s_device, op, shapes, inputs, _ => true);
        (_, _, float[]?[] twice) = RunBackward(s_device, op, shapes, inputs, _ => true, times: 2);
        (Operand[] operands, Adjoints exact) = Differentiate(op, shapes, inputs, r);
        for (int k = 0; k < inputs.Length; k++)
        {
            for (int i = 0; once[k] is { } g && i < g.Length; i++)
            {
                Var v = operands[k][i];
                AssertNear(2.0 * g[i], twice[k]![i], (2 * exact.Error(v)) + Bounds.Relative(2 * exact.Value(v), 1), $"{name}: gradient {k}[{i}] of two passes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_shapes_are_refused_with_the_shapes_in_the_message(string name)
    {
        OpCase op = Find(name);
        foreach (int[][] shapes in op.WrongShapes)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor[] leaves = OpCase.Leaves(s_device, shapes, op.Inputs(shapes), true);
            ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => op.Run(leaves));
            int printed = leaves.Count(t => e.Message.Contains(t.Shape.ToString(), StringComparison.Ordinal));
            Assert.True(printed >= Math.Min(2, leaves.Length), $"the message names {printed} of the shapes {Print(shapes)}: {e.Message}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inputs_stay_as_they_are(string name)
    {
        OpCase op = Find(name);
        foreach (int[][] shapes in op.Shapes)
        {
            float[][] inputs = op.Inputs(shapes);
            (_, float[][] after, _) = RunBackward(s_device, op, shapes, inputs, _ => true);
            Assert.Equal(inputs, after);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_a_bit(string name)
    {
        OpCase op = Find(name);
        float[][] inputs = op.Inputs(op.Large);
        float[][]? expected = null;
        foreach (int threads in (int[])[1, 2, 8])
        {
            using var pool = new WorkerPool(threads);
            using var device = new CpuDevice(pool);
            float[] y;
            using (TensorScope.Begin())
            {
                y = op.Run(OpCase.Leaves(device, op.Large, inputs, false)).ToArray();
            }

            (_, _, float[]?[] gradients) = RunBackward(device, op, op.Large, inputs, _ => true);
            float[][] actual = [y, .. gradients.OfType<float[]>()];
            expected ??= actual;
            Assert.Equal(expected.Length, actual.Length);
            for (int k = 0; k < actual.Length; k++)
            {
                Assert.True(expected[k].AsSpan().SequenceEqual(actual[k]), $"{name}: {threads} threads change result {k}");
            }
        }
    }

    private static OpCase Find(string name) => OpCases.All.Single(c => c.Name == name);

    /// <summary>Runs L = Σ r·y backwards; returns r, the inputs afterwards and the gradients.</summary>
    private static (float[] R, float[][] Inputs, float[]?[] Gradients) RunBackward(
        Device device, OpCase op, int[][] shapes, float[][] inputs, Func<int, bool> asked, int times = 1)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] leaves = OpCase.Leaves(device, shapes, inputs, false);
        for (int k = 0; k < leaves.Length; k++)
        {
            leaves[k].RequiresGradient = asked(k);
        }

        float[] r = [];
        for (int i = 0; i < times; i++)
        {
            Tensor y = op.Run(leaves);
            Tensor weights = Tensor.Uniform(device, y.Shape, -1, 1, new Kernels.Rng.PhiloxKey(5, 6));
            r = weights.ToArray();
            GradientCheck.Weigh(y, weights).Backward();
        }

        return (r, [.. leaves.Select(static t => t.ToArray())], [.. leaves.Select(static t => t.Gradient?.ToArray())]);
    }

    private static (Operand[] Operands, Adjoints Exact) Differentiate(OpCase op, int[][] shapes, float[][] inputs, float[] r)
    {
        var tape = new ErrorTape();
        Operand[] operands = OpCase.Operands(tape, shapes, Widen(inputs));
        return (operands, tape.Backward(op.Formula(tape, operands), Array.ConvertAll(r, static v => (double)v)));
    }

    private static (double Sum, double Magnitude) Evaluate(OpCase op, int[][] shapes, double[][] inputs, float[] r)
    {
        var tape = new ErrorTape();
        IReadOnlyList<Var> y = (op.Surrogate ?? op.Formula)(tape, OpCase.Operands(tape, shapes, inputs));
        (double sum, double magnitude) = (0, 0);
        for (int i = 0; i < y.Count; i++)
        {
            sum += y[i].Value * r[i];
            magnitude += Math.Abs(y[i].Value * r[i]);
        }

        return (sum, magnitude);
    }

    private static double[][] Widen(float[][] inputs) => [.. inputs.Select(static x => Array.ConvertAll(x, static v => (double)v))];

    private static string Print(int[][] shapes) => string.Join(" ", shapes.Select(static s => new Shape(s)));

    private static void AssertNear(double expected, double actual, double tolerance, string what)
        => Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what} is {actual:R}, expected {expected:R} within {tolerance:G3}, off by {Math.Abs(expected - actual):G3}");
}
