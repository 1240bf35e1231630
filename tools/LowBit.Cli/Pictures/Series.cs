namespace LowBit.Cli.Pictures;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Index of its colour and dashes, from 0.</param>
/// <param name="Points">x and y, x ascending.</param>
internal sealed record Series(string Name, int Color, IReadOnlyList<(double X, double Y)> Points);
