namespace LowBit.Cli.Pictures;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Index of its colour, 0 to 3.</param>
/// <param name="Points">x and y, x ascending.</param>
internal sealed record Series(string Name, int Color, IReadOnlyList<(double X, double Y)> Points);
