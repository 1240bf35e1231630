using LowBit.Kernels.Devices;
using LowBit.TestKit.Oracles;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>One op of the table: how to run it and its formula, one scalar at a time.</summary>
/// <param name="Name">Name in the test list.</param>
/// <param name="Run">The op.</param>
/// <param name="Formula">The same in scalars; gives values, gradients and tolerances.</param>
public sealed record OpCase(string Name, Func<Tensor[], Tensor> Run, Func<ErrorTape, Operand[], IReadOnlyList<Var>> Formula)
{
    /// <summary>Sets of input shapes; sizes of 1 and 0 among them where they mean something.</summary>
    public required int[][][] Shapes { get; init; }

    /// <summary>Input shapes that the op must refuse, printing all of them.</summary>
    public int[][][] WrongShapes { get; init; } = [];

    /// <summary>Input shapes large enough for several threads.</summary>
    public required int[][] Large { get; init; }

    /// <summary>Range of each input; the last one counts for the rest.</summary>
    public (double Low, double High)[] Ranges { get; init; } = [(-2, 2)];

    /// <summary>The function whose derivative the op declares, if it is straight-through.</summary>
    public Func<ErrorTape, Operand[], IReadOnlyList<Var>>? Surrogate { get; init; }

    public override string ToString() => Name;

    /// <summary>Fixed random inputs of the given shapes.</summary>
    public float[][] Inputs(int[][] shapes, int seed = 1)
    {
        var random = new Random(seed);
        var inputs = new float[shapes.Length][];
        for (int k = 0; k < inputs.Length; k++)
        {
            (double low, double high) = Ranges[Math.Min(k, Ranges.Length - 1)];
            inputs[k] = new float[new Shape(shapes[k]).Length];
            for (int i = 0; i < inputs[k].Length; i++)
            {
                inputs[k][i] = (float)(low + ((high - low) * random.NextDouble()));
            }
        }

        return inputs;
    }

    /// <summary>The inputs as leaves.</summary>
    public static Tensor[] Leaves(Device device, int[][] shapes, float[][] inputs, bool requireGradient)
    {
        var leaves = new Tensor[inputs.Length];
        for (int k = 0; k < leaves.Length; k++)
        {
            leaves[k] = Tensor.FromArray(device, inputs[k], new Shape(shapes[k]));
            leaves[k].RequiresGradient = requireGradient;
        }

        return leaves;
    }

    /// <summary>The inputs as numbers of a tape.</summary>
    public static Operand[] Operands(ErrorTape tape, int[][] shapes, double[][] inputs)
    {
        var operands = new Operand[inputs.Length];
        for (int k = 0; k < operands.Length; k++)
        {
            operands[k] = new Operand(shapes[k], tape.Inputs(inputs[k]));
        }

        return operands;
    }
}
