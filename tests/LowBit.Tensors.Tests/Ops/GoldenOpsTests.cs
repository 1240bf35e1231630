using System.Text.Json;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Tensors.Ops;
using LowBit.TestKit;
using LowBit.TestKit.Oracles;
using Xunit;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>
/// PyTorch's values of tests/golden/ops.safetensors (its README names how to regenerate them). Both float32 implementations
/// must lie within the bounds of the formula; so the two may differ by twice the bound.
/// </summary>
public class GoldenOpsTests
{
    private static readonly CpuDevice s_device = CpuDevice.Shared;
    private static readonly GoldenFile s_file = GoldenFile.Open("ops");

    public static TheoryData<string> Names => [.. s_file.Cases];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_are_PyTorchs(string name)
    {
        Case op = Describe(name, s_file.Parameters(name));
        using TensorScope scope = TensorScope.Begin();
        GoldenTensor[] inputs = [.. op.Roles.Select(role => Read(name, role))];
        Tensor[] leaves = [.. inputs.Select(g => Tensor.FromArray(s_device, g.Floats, g.Shape))];
        foreach (Tensor leaf in leaves)
        {
            leaf.RequiresGradient = true;
        }

        var tape = new ErrorTape();
        Operand[] operands = [.. inputs.Select(g => new Operand(g.Shape, tape.Inputs(g.Values)))];
        IReadOnlyList<Var> formula = op.Formula(tape, operands);
        Tensor y = op.Run(leaves);
        bool isLoss = s_file.Has($"{name}/loss");
        GoldenTensor output = Read(name, isLoss ? "loss" : "y");
        Assert.Equal(output.Values.Length, formula.Count);
        Compare(name, "y", formula.Select(static v => (v.Value, v.Error)), output, y);

        double[] seed = isLoss ? [1] : Read(name, "grad_y").Values;
        GradientCheck.Weigh(y, Tensor.FromArray(s_device, Array.ConvertAll(seed, static v => (float)v), y.Shape)).Backward();
        Adjoints exact = tape.Backward(formula, seed);
        for (int k = 0; k < leaves.Length; k++)
        {
            IEnumerable<(double, double)> expected = operands[k].Values.Select(v => (exact.Value(v), exact.Error(v)));
            Compare(name, "grad_" + op.Roles[k], expected, Read(name, "grad_" + op.Roles[k]), leaves[k].Gradient!);
        }
    }

    [Theory]
    [InlineData("bn_train0")]
    [InlineData("bn_train1")]
    [InlineData("bn_train2")]
    public void Running_statistics_move_as_PyTorchs(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        GoldenTensor x = Read(name, "x");
        int channels = x.Shape[^1], samples = x.Values.Length / channels;
        Tensor mean = Leaf(name, "running_mean_before"), variance = Leaf(name, "running_var_before");
        Tensor.FromArray(s_device, x.Floats, x.Shape).BatchNormTraining(Leaf(name, "weight"), Leaf(name, "bias"), mean, variance);

        var tape = new ErrorTape();
        var operand = new Operand(x.Shape, tape.Inputs(x.Values));
        var moments = Enumerable.Range(0, channels).Select(c => Formulas.Moments(tape, operand, c, channels)).ToArray();
        Var[] before = tape.Inputs(Read(name, "running_mean_before").Values), beforeVariance = tape.Inputs(Read(name, "running_var_before").Values);
        double unbiased = samples / (samples - 1.0);
        Compare(name, "running mean", Moved(before, i => moments[i].Mean), Read(name, "running_mean_after"), mean);
        Compare(name, "running variance", Moved(beforeVariance, i => moments[i].Variance * unbiased), Read(name, "running_var_after"), variance);
    }

    private static IEnumerable<(double Value, double Error)> Moved(Var[] before, Func<int, Var> batch)
        => before.Select((b, i) => (b * (1 - (double)0.1f)) + (batch(i) * (double)0.1f))
            // 1 − momentum and n/(n − 1) are rounded before they multiply.
            .Select(static v => (v.Value, v.Error + Bounds.Relative(v.Value, 2) + Math.Abs(v.Value * Bounds.Unit)));

    private static Case Describe(string name, JsonElement p)
    {
        int Number(string key, int otherwise = 0) => p.TryGetProperty(key, out JsonElement e) ? e.GetInt32() : otherwise;
        string op = p.GetProperty("op").GetString()!;
        switch (op)
        {
            case "conv2d":
                (int stride, int padding, int groups) = (Number("stride"), Number("padding"), Number("groups"));
                return new(["x", "weight", "bias"], t => t[0].Conv2d(t[1], t[2], stride, padding, groups),
                    (tape, t) => Formulas.Conv2d(tape, t[0], t[1], t[2], stride, padding, groups));
            case "linear":
                return new(["x", "weight", "bias"], t => t[0].Linear(t[1], t[2]), (tape, t) => Formulas.Linear(tape, t[0], t[1], t[2]));
            case "batch_norm" when p.GetProperty("training").GetBoolean():
                return new(["x", "weight", "bias"],
                    t => t[0].BatchNormTraining(t[1], t[2], Leaf(name, "running_mean_before"), Leaf(name, "running_var_before")),
                    (tape, t) => Formulas.BatchNormTraining(tape, t[0], t[1], t[2], 1e-5f));
            case "batch_norm":
                string statistics = p.GetProperty("statistics").GetString()!.Split('/')[0];
                return new(["x", "weight", "bias"],
                    t => t[0].BatchNormEvaluation(t[1], t[2], Leaf(statistics, "running_mean_after"), Leaf(statistics, "running_var_after")),
                    (tape, t) => Formulas.BatchNormFolded(
                        tape, t[0], t[1], t[2], Constants(tape, statistics, "running_mean_after"), Constants(tape, statistics, "running_var_after"), 1e-5f));
            case "max_pool2d":
                return new(["x"], t => t[0].MaxPool2d(Number("kernel"), Number("stride"), Number("padding")),
                    (_, t) => Formulas.MaxPool(t[0], Number("kernel"), Number("stride"), Number("padding")));
            case "avg_pool2d":
                return new(["x"], t => t[0].AveragePool2d(Number("kernel"), Number("stride"), Number("padding")),
                    (tape, t) => Formulas.AveragePool(tape, t[0], Number("kernel"), Number("stride"), Number("padding")));
            case "mean over H, W":
                return new(["x"], static t => t[0].GlobalAveragePool(), static (tape, t) => Formulas.GlobalAveragePool(tape, t[0]));
            case "relu6":
                return Unary(static t => t.Scale(4).Apply<Relu6>(), 4, static v => Math.Clamp(v, 0, 6), static v => v is > 0 and < 6 ? 1 : 0, 1, 0, 0);
            case "silu":
                return Unary(static t => t.Apply<Silu>(), 1, static v => v * Sigmoid(v), static v => Sigmoid(v) * (1 + (v * (1 - Sigmoid(v)))), 24, 0, 8);
            case "hardswish":
                return Unary(static t => t.Scale(3).Apply<HardSwish>(), 3, static v => v * Math.Clamp(v + 3, 0, 6) / 6,
                    static v => v <= -3 ? 0 : v >= 3 ? 1 : ((2 * v) + 3) / 6, 5, 3, 3);
            case "log_softmax over C":
                return new(["x"], static t => t[0].LogSoftmax(), static (tape, t) => Formulas.LogSoftmax(tape, t[0]));
            case "cross_entropy":
                float smoothing = p.GetProperty("label_smoothing").GetSingle();
                int[] labels = s_file[name + "/target"].Integers;
                return new(["x"], t => t[0].CrossEntropy(labels, smoothing), (tape, t) => Formulas.CrossEntropy(tape, t[0], labels, smoothing));
            default:
                throw new NotSupportedException($"no formula for the golden op '{op}' of case {name}");
        }
    }

    private static Case Unary(
        Func<Tensor, Tensor> run, double factor, Func<double, double> f, Func<double, double> slope, double roundings, double scale, double slopeScale)
        => new(["x"], t => run(t[0]), (_, t) => [.. t[0].Values.Select(v => (v * factor).Function(f, slope, roundings, scale, slopeScale))]);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static GoldenTensor Read(string name, string role) => s_file[$"{name}/{role}"].ChannelsLast();

    private static Tensor Leaf(string name, string role) => Tensor.FromArray(s_device, Read(name, role).Floats);

    private static Operand Constants(ErrorTape tape, string name, string role)
    {
        GoldenTensor g = Read(name, role);
        return new Operand(g.Shape, [.. g.Values.Select(tape.Constant)]);
    }

    private static void Compare(string name, string role, IEnumerable<(double Value, double Error)> formula, GoldenTensor golden, Tensor tensor)
    {
        float[] actual = tensor.ToArray();
        Assert.Equal(golden.Values.Length, actual.Length);
        int i = 0;
        foreach ((double value, double error) in formula)
        {
            Assert.True(Math.Abs(value - golden.Values[i]) <= error, $"{name} {role}[{i}]: the formula gives {value:R}, PyTorch {golden.Values[i]:R}, the bound is {error:G3}");
            Assert.True(Math.Abs(value - actual[i]) <= error, $"{name} {role}[{i}]: the formula gives {value:R}, LowBit {actual[i]:R}, the bound is {error:G3}");
            i++;
        }
    }

    private sealed record Case(string[] Roles, Func<Tensor[], Tensor> Run, Func<ErrorTape, Operand[], IReadOnlyList<Var>> Formula);
}
