namespace LowBit.Kernels.Devices;

/// <summary>All calls of one operation with one shape, as <see cref="ProfilingDevice"/> counted them.</summary>
/// <param name="Name">The operation, for example <c>conv forward</c>.</param>
/// <param name="Detail">Shape of one call; the function's name for element-wise operations.</param>
/// <param name="Calls">Number of calls.</param>
/// <param name="Seconds">Time in all calls.</param>
/// <param name="Operations">Multiplications and additions of matrix products and convolutions, in all calls; 0 for the rest.</param>
/// <param name="Bytes">Bytes of the operands read and written, each counted once, in all calls.</param>
public sealed record OperationProfile(string Name, string Detail, int Calls, double Seconds, double Operations, double Bytes);
