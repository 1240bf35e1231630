namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>One chunk of a convolution: rows of one image × panels of one group.</summary>
internal readonly record struct Dot8Block(int Image, int FirstRow, int Rows, int Group, int FirstPanel, int EndPanel);
