namespace LowBit.Kernels.Tests.Devices;

/// <summary>One row of the device table: an operation, the sizes it is tried with, and its oracle.</summary>
/// <param name="Name">Shown by the test runner.</param>
/// <param name="Sizes">Argument lists of <paramref name="Create"/>.</param>
/// <param name="Create">Makes the problem of a size, with inputs of a fixed seed.</param>
/// <param name="SameOnAllIsas">True when all instruction sets must give the same bits (no sum across lanes).</param>
internal sealed record DeviceCase(string Name, int[][] Sizes, Func<int[], Fills, DeviceProblem> Create, bool SameOnAllIsas = true)
{
    public override string ToString() => Name;
}
