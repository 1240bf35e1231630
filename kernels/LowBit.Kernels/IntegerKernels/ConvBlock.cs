namespace LowBit.Kernels.IntegerKernels;

/// <summary>One chunk of a convolution: rows of one image × panels of one group.</summary>
internal readonly record struct ConvBlock(int Image, int FirstRow, int Rows, int Group, int FirstPanel, int EndPanel);
