using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Normalizations;
using LowBit.Tensors.Ops;
using LowBit.TestKit;
using LowBit.TestKit.Oracles;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>The table: one record per op (and per setting that takes another path). A new op adds its line here.</summary>
internal static class OpCases
{
    private static readonly int[][][] s_anyShape = [[[3, 5]], [[1]], [[]], [[0]], [[2, 0, 3]], [[67]]];

    private static readonly int[][][] s_twoOfAnyShape = [.. s_anyShape.Select(static s => new[] { s[0], s[0] })];

    private static readonly int[][][] s_twoDifferent = [[[3, 5], [5, 3]], [[3], [1]], [[2], []]];

    public static IReadOnlyList<OpCase> All { get; } =
    [
        Unary<Relu>((-2, 2), 1),
        Unary<Relu6>((-2, 8), 1),
        Unary<Silu>((-8, 8), 24, 0, 8),
        Unary<HardSwish>((-5, 5), 4, 3, 3),
        Unary<Sigmoid>((-8, 8), 16, 0, 1),
        Unary<Tanh>((-4, 4), 16, 0, 1),
        Unary<Exp>((-4, 4), 8),
        Unary<Log>((0.1, 4), 8, 0.1),
        Unary<Abs>((-2, 2), 1),
        Unary<Negate>((-2, 2), 1),
        Unary<Square>((-2, 2), 1),
        Unary<Sqrt>((0.1, 4), 3),
        Unary<RoundSte>((-8, 8), 1, value: static x => Math.Round(x, MidpointRounding.ToEven)),
        Binary<Add>((-2, 2), (-2, 2)),
        Binary<Subtract>((-2, 2), (-2, 2)),
        Binary<Multiply>((-2, 2), (-2, 2)),
        Binary<Divide>((-2, 2), (0.5, 2)),
        Binary<Maximum>((-2, 2), (-2, 2)),
        Binary<Minimum>((-2, 2), (-2, 2)),
        new("relu_in_place", static t => t[0].Scale(2).ReluInPlace(), static (_, t) => [.. t[0].Values.Select(static v => (v.Value > 0 ? v : v * 0) * 2)])
        {
            Shapes = s_anyShape, Large = [[300, 1000]],
        },
        new("relu_of_sum_in_place", static t => (t[0] + t[1]).ReluInPlace(),
            static (_, t) => [.. t[0].Values.Zip(t[1].Values, static (a, b) => a + b).Select(static v => v.Value > 0 ? v : v * 0)])
        {
            Shapes = s_twoOfAnyShape, Large = [[300, 1000], [300, 1000]],
        },
        new("scale", static t => t[0].Scale(-1.7f), static (_, t) => [.. t[0].Values.Select(static v => v * (double)-1.7f)])
        {
            Shapes = s_anyShape, Large = [[300, 1000]],
        },
        new("add_bias", static t => t[0].AddBias(t[1]), static (_, t) => [.. t[0].Values.Select((v, i) => v + t[1][i % t[1].Length])])
        {
            Shapes = [[[3, 5], [5]], [[1, 1], [1]], [[2, 3, 2, 7], [7]], [[0, 4], [4]]],
            WrongShapes = [[[3, 5], [4]], [[3, 5], [1, 5]]],
            Large = [[3000, 37], [37]],
        },
        new("sum", static t => t[0].Sum(), static (tape, t) => [tape.Sum(t[0].Values) * 1])
        {
            Shapes = s_anyShape, Large = [[300, 1000]],
        },
        new("mean", static t => t[0].Mean(), static (tape, t) => [tape.Sum(t[0].Values) * (1.0 / t[0].Length)])
        {
            Shapes = [[[3, 5]], [[1]], [[]], [[67]]], WrongShapes = [[[0, 3]]], Large = [[300, 1000]],
        },
        new("reshape", static t => t[0].Reshape(-1, 3), static (_, t) => t[0].Values)
        {
            Shapes = [[[3, 5]], [[3]], [[0]]], WrongShapes = [[[4, 5]]], Large = [[300, 1000]],
        },
        new("flatten", static t => t[0].Flatten(), static (_, t) => t[0].Values)
        {
            Shapes = [[[2, 3, 2, 1]], [[4]], [[0, 3, 3, 2]]], WrongShapes = [[[]]], Large = [[300, 10, 100]],
        },
        new("mat_mul", static t => t[0].MatMul(t[1]), static (tape, t) => Formulas.MatMul(tape, t[0], t[1]))
        {
            Shapes = [[[3, 5], [5, 4]], [[1, 1], [1, 1]], [[17, 33], [33, 9]]],
            WrongShapes = [[[3, 5], [4, 5]], [[5], [5, 2]]],
            Large = [[96, 130], [130, 70]],
        },
        new("linear", static t => t[0].Linear(t[1], t[2]), static (tape, t) => Formulas.Linear(tape, t[0], t[1], t[2]))
        {
            Shapes = [[[3, 5], [4, 5], [4]], [[1, 1], [1, 1], [1]], [[5, 37], [11, 37], [11]]],
            WrongShapes = [[[3, 5], [5, 4], [5]], [[3, 5], [4, 5], [3]], [[3, 5, 1], [4, 5], [4]]],
            Large = [[96, 130], [70, 130], [70]],
        },
        new("linear_no_bias", static t => t[0].Linear(t[1]), static (tape, t) => Formulas.Linear(tape, t[0], t[1], null))
        {
            Shapes = [[[3, 5], [4, 5]]], Large = [[96, 130], [70, 130]],
        },
        Conv("conv_3x3", 1, 1, 1, [[2, 4, 5, 3], [4, 3, 3, 3], [4]], [[4, 16, 16, 16], [24, 3, 3, 16], [24]]),
        Conv("conv_3x3_stride2", 2, 1, 1, [[1, 7, 6, 3], [4, 3, 3, 3], [4]], [[4, 16, 16, 16], [24, 3, 3, 16], [24]]),
        Conv("conv_1x1_stride2", 2, 0, 1, [[2, 5, 4, 3], [4, 1, 1, 3], [4]], [[4, 16, 16, 16], [24, 1, 1, 16], [24]]),
        Conv("conv_5x5", 1, 2, 1, [[1, 6, 5, 2], [3, 5, 5, 2], [3]], [[2, 16, 16, 8], [12, 5, 5, 8], [12]]),
        Conv("conv_groups", 1, 1, 2, [[1, 4, 4, 4], [6, 3, 3, 2], [6]], [[2, 16, 16, 16], [24, 3, 3, 8], [24]]),
        Conv("conv_depthwise", 1, 1, 5, [[2, 4, 5, 5], [5, 3, 3, 1], [5]], null),
        Conv("conv_no_padding", 1, 0, 1, [[1, 3, 3, 1], [1, 3, 3, 1], [1]], [[4, 16, 16, 16], [24, 3, 3, 16], [24]]),
        new("conv_no_bias", static t => t[0].Conv2d(t[1], padding: 1), static (tape, t) => Formulas.Conv2d(tape, t[0], t[1], null, 1, 1, 1))
        {
            Shapes = [[[1, 4, 4, 2], [3, 3, 3, 2]]], Large = [[4, 16, 16, 16], [16, 3, 3, 16]],
        },
        new("batch_norm_training", static t => t[0].BatchNormTraining(t[1], t[2], Like(t[1], 0), Like(t[1], 1)),
            static (tape, t) => Formulas.BatchNormTraining(tape, t[0], t[1], t[2], 1e-5f))
        {
            Shapes = [[[2, 3, 2, 3], [3], [3]], [[5, 1], [1], [1]], [[33, 17], [17], [17]]],
            WrongShapes = [[[2, 3], [2], [3]], [[2, 3], [3], [1, 3]], [[1, 3], [3], [3]]],
            Large = [[16, 16, 16, 24], [24], [24]],
        },
        new("batch_norm_evaluation", static t => t[0].BatchNormEvaluation(t[1], t[2], t[3].Detach(), t[4].Detach()),
            static (tape, t) => Formulas.BatchNormEvaluation(tape, t[0], t[1], t[2], Constant(tape, t[3]), Constant(tape, t[4]), 1e-5f))
        {
            Shapes = [[[2, 3, 2, 3], [3], [3], [3], [3]], [[1, 1], [1], [1], [1], [1]], [[33, 17], [17], [17], [17], [17]], [[0, 4], [4], [4], [4], [4]]],
            WrongShapes = [[[2, 3], [2], [3], [3], [3]], [[2, 3], [3], [3], [3], [4]]],
            Ranges = [(-2, 2), (-2, 2), (-2, 2), (-1, 1), (0.5, 2)],
            Large = [[16, 16, 16, 24], [24], [24], [24], [24]],
        },
        new("conv_batch_norm", static t => ConvBatchNormOp.ConvBatchNorm<FusedIdentity>(ConvNorm(t, 1, 1)),
            static (tape, t) => NormOfConv(tape, t, 1, 1))
        {
            Shapes = [[[2, 4, 5, 3], [4, 3, 3, 3], [4], [4]], [[2, 1, 1, 1], [1, 3, 3, 1], [1], [1]], [[3, 5, 5, 2], [17, 3, 3, 2], [17], [17]]],
            WrongShapes = [[[2, 4, 5, 3], [4, 3, 3, 2], [4], [4]], [[2, 4, 5, 3], [4, 3, 3, 3], [3], [4]], [[1, 1, 1, 3], [4, 1, 1, 3], [4], [4]]],
            Large = [[24, 16, 16, 16], [24, 3, 3, 16], [24], [24]],
        },
        new("conv_batch_norm_relu_stride2", static t => ConvBatchNormOp.ConvBatchNorm<FusedUnary<Relu>>(ConvNorm(t, 2, 1)),
            static (tape, t) => [.. NormOfConv(tape, t, 2, 1).Select(static v => v.Value > 0 ? v : v * 0)])
        {
            Shapes = [[[2, 7, 6, 3], [4, 3, 3, 3], [4], [4]]], Large = [[40, 16, 16, 16], [32, 3, 3, 16], [32], [32]],
        },
        new("conv_batch_norm_silu", static t => ConvBatchNormOp.ConvBatchNorm<FusedUnary<Silu>>(ConvNorm(t, 1, 0)),
            static (tape, t) => [.. NormOfConv(tape, t, 1, 0).Select(static v => v.Function(Silu.Surrogate, static at => Slope(Silu.Surrogate, at), 24, 0, 8))])
        {
            Shapes = [[[3, 4, 4, 3], [4, 1, 1, 3], [4], [4]]], Large = [[24, 16, 16, 16], [24, 1, 1, 16], [24], [24]],
        },
        new("conv_batch_norm_shortcut_relu", static t => ConvBatchNormOp.ConvBatchNorm<FusedUnary<Relu>>(ConvNorm(t, 1, 1) with { Addend = t[4] }),
            static (tape, t) => [.. NormOfConv(tape, t, 1, 1).Zip(t[4].Values, static (a, b) => a + b).Select(static v => v.Value > 0 ? v : v * 0)])
        {
            Shapes = [[[2, 4, 5, 3], [4, 3, 3, 3], [4], [4], [2, 4, 5, 4]]],
            WrongShapes = [[[2, 4, 5, 3], [4, 3, 3, 3], [4], [4], [2, 4, 5, 3]]],
            Large = [[24, 16, 16, 16], [24, 3, 3, 16], [24], [24], [24, 16, 16, 24]],
        },
        new("conv_batch_norm_of_its_own_shortcut", static t =>
            {
                Tensor x = t[0].Scale(1);
                return ConvBatchNormOp.ConvBatchNorm<FusedUnary<Relu>>(ConvNorm([x, t[1], t[2], t[3]], 1, 1) with { Addend = x });
            },
            static (tape, t) => [.. NormOfConv(tape, t, 1, 1).Zip(t[0].Values, static (a, b) => a + b).Select(static v => v.Value > 0 ? v : v * 0)])
        {
            Shapes = [[[2, 4, 5, 3], [3, 3, 3, 3], [3], [3]]], Large = [[24, 16, 16, 16], [16, 3, 3, 16], [16], [16]],
        },
        new("max_pool", static t => t[0].MaxPool2d(2), static (_, t) => Formulas.MaxPool(t[0], 2, 2, 0))
        {
            Shapes = [[[2, 4, 6, 3]], [[1, 2, 2, 1]], [[1, 5, 5, 2]]], WrongShapes = [[[2, 4, 6]], [[1, 1, 4, 1]]], Large = [[8, 32, 32, 16]],
        },
        new("max_pool_overlapping", static t => t[0].MaxPool2d(3, 2, 1), static (_, t) => Formulas.MaxPool(t[0], 3, 2, 1))
        {
            Shapes = [[[2, 5, 6, 3]]], Large = [[8, 32, 32, 16]],
        },
        new("average_pool", static t => t[0].AveragePool2d(2), static (tape, t) => Formulas.AveragePool(tape, t[0], 2, 2, 0))
        {
            Shapes = [[[2, 4, 6, 3]], [[1, 2, 2, 1]]], WrongShapes = [[[2, 4, 6]], [[1, 1, 4, 1]]], Large = [[8, 32, 32, 16]],
        },
        new("average_pool_overlapping", static t => t[0].AveragePool2d(3, 2, 1), static (tape, t) => Formulas.AveragePool(tape, t[0], 3, 2, 1))
        {
            Shapes = [[[2, 5, 6, 3]]], Large = [[8, 32, 32, 16]],
        },
        new("global_average_pool", static t => t[0].GlobalAveragePool(), static (tape, t) => Formulas.GlobalAveragePool(tape, t[0]))
        {
            Shapes = [[[2, 4, 3, 5]], [[1, 1, 1, 1]]], WrongShapes = [[[2, 3]], [[1, 0, 4, 2]]], Large = [[8, 32, 32, 16]],
        },
        new("shortcut_a", static t => t[0].ShortcutA(7, 2), static (tape, t) => Formulas.ShortcutA(tape, t[0], 7, 2))
        {
            Shapes = [[[2, 4, 5, 3]], [[1, 1, 1, 7]]], WrongShapes = [[[2, 4, 5]], [[1, 2, 2, 8]]], Large = [[64, 32, 32, 4]],
        },
        new("log_softmax", static t => t[0].LogSoftmax(), static (tape, t) => Formulas.LogSoftmax(tape, t[0]))
        {
            Shapes = [[[3, 5]], [[1, 1]], [[2, 2, 9]], [[0, 4]]], WrongShapes = [[[]], [[3, 0]]], Ranges = [(-6, 6)], Large = [[3000, 37]],
        },
        CrossEntropy("cross_entropy", 0),
        CrossEntropy("cross_entropy_smoothed", 0.1f),
        Distillation("distillation", 1),
        Distillation("distillation_hot", 4),
    ];

    private static OpCase Unary<TOp>((double Low, double High) range, double roundings, double scale = 0, double slopeScale = 0, Func<double, double>? value = null)
        where TOp : struct, IUnaryOp
    {
        IReadOnlyList<Var> Formula(Func<double, double> f, Operand x)
            => [.. x.Values.Select(v => v.Function(f, static at => Slope(TOp.Surrogate, at), roundings, scale, slopeScale))];

        return new OpCase(TOp.Name, static t => t[0].Apply<TOp>(), (_, t) => Formula(value ?? TOp.Surrogate, t[0]))
        {
            Shapes = s_anyShape,
            Ranges = [range],
            Large = [[300, 1000]],
            Surrogate = TOp.IsStraightThrough ? (_, t) => Formula(TOp.Surrogate, t[0]) : null,
        };
    }

    private static OpCase Binary<TOp>(params (double Low, double High)[] ranges)
        where TOp : struct, IBinaryOp
        => new(TOp.Name, static t => t[0].Apply<TOp>(t[1]), static (_, t) => [.. t[0].Values.Zip(t[1].Values, Formula<TOp>)])
        {
            Shapes = s_twoOfAnyShape,
            WrongShapes = s_twoDifferent,
            Ranges = ranges,
            Large = [[300, 1000], [300, 1000]],
        };

    private static Var Formula<TOp>(Var a, Var b)
        where TOp : struct, IBinaryOp
    {
        const double Roundings = 4;
        double slopeA = Slope(x => TOp.Exact(x, b.Value), a.Value), slopeB = Slope(x => TOp.Exact(a.Value, x), b.Value);
        double z = TOp.Exact(a.Value, b.Value);
        return a.Join(b, z, Bounds.Relative(z, 1), slopeA, slopeB, Roundings);
    }

    /// <summary>A derivative in double precision: 11 digits and more for the functions of the table.</summary>
    private static double Slope(Func<double, double> f, double x)
    {
        const double H = 1e-5;
        return (f(x + H) - f(x - H)) / (2 * H);
    }

    private static OpCase Conv(string name, int stride, int padding, int groups, int[][] shapes, int[][]? large)
        => new(name, t => t[0].Conv2d(t[1], t[2], stride, padding, groups), (tape, t) => Formulas.Conv2d(tape, t[0], t[1], t[2], stride, padding, groups))
        {
            Shapes = [shapes],
            WrongShapes =
            [
                [[1, 8, 8, shapes[0][3] + 1], shapes[1], shapes[2]],
                [shapes[0], shapes[1], [shapes[2][0] + 1]],
                [[8, 8, shapes[0][3]], shapes[1], shapes[2]],
                [[1, 0, 0, shapes[0][3]], shapes[1], shapes[2]],
            ],
            Large = large ?? [[4, 16, 16, shapes[0][3]], shapes[1], shapes[2]],
        };

    private static OpCase CrossEntropy(string name, float smoothing)
        => new(name, t => t[0].CrossEntropy(Labels(t[0].Shape[0], t[0].Shape[1]), smoothing),
            (tape, t) => Formulas.CrossEntropy(tape, t[0], Labels(t[0].Shape[0], t[0].Shape[1]), smoothing))
        {
            Shapes = [[[3, 5]], [[1, 2]], [[17, 10]]],
            Ranges = [(-6, 6)],
            Large = [[3000, 37]],
        };

    private static OpCase Distillation(string name, float temperature)
        => new(name, t => t[0].Distillation(t[1].Detach(), temperature), (tape, t) => Formulas.Distillation(tape, t[0], Constant(tape, t[1]), temperature))
        {
            Shapes = [[[3, 5], [3, 5]], [[1, 2], [1, 2]], [[17, 10], [17, 10]]],
            WrongShapes = [[[3, 5], [5, 3]], [[3, 5], [2, 5]], [[5], [5]], [[0, 5], [0, 5]]],
            Ranges = [(-6, 6)],
            Large = [[3000, 37], [3000, 37]],
        };

    private static int[] Labels(int rows, int classes) => [.. Enumerable.Range(0, rows).Select(r => r * 7 % classes)];

    private static ConvBatchNormInputs ConvNorm(Tensor[] t, int stride, int padding) => new()
    {
        X = t[0],
        W = t[1],
        Stride = stride,
        Padding = padding,
        Groups = 1,
        Gamma = t[2],
        Beta = t[3],
        RunningMean = Like(t[2], 0),
        RunningVariance = Like(t[2], 1),
        Momentum = 0.1f,
        Epsilon = 1e-5f,
    };

    private static List<Var> NormOfConv(ErrorTape tape, Operand[] t, int stride, int padding)
    {
        List<Var> y = Formulas.Conv2d(tape, t[0], t[1], null, stride, padding, 1);
        return Formulas.BatchNormTraining(tape, new Operand([y.Count / t[1].Shape[0], t[1].Shape[0]], [.. y]), t[2], t[3], 1e-5f);
    }

    private static Tensor Like(Tensor t, float value) => Tensor.Full(t.Device, t.Shape, value);

    private static Operand Constant(ErrorTape tape, Operand x) => new(x.Shape, [.. x.Values.Select(v => tape.Constant(v.Value))]);
}
