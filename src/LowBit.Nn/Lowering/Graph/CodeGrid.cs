namespace LowBit.Nn.Lowering.Graph;

/// <summary>The grid of an edge: bits, step (a float, as it was trained) and the code of zero.</summary>
internal readonly record struct CodeGrid(int Bits, float Step, int Zero);
