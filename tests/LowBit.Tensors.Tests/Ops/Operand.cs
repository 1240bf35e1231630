using LowBit.TestKit.Oracles;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>An input of a formula: numbers on the tape with their sizes.</summary>
public sealed record Operand(int[] Shape, Var[] Values)
{
    public Var this[int i] => Values[i];

    public Var this[int i, int j] => Values[(i * Shape[1]) + j];

    public Var this[int n, int y, int x, int c] => Values[(((((n * Shape[1]) + y) * Shape[2]) + x) * Shape[3]) + c];

    public int Length => Values.Length;
}
