namespace LowBit.Data.Glyphs;

/// <summary>The ten symbols as line segments in the square −1..1, y downwards.</summary>
internal static class GlyphShapes
{
    public static IReadOnlyList<string> Names { get; } =
        ["ring", "triangle", "square", "cross", "plus", "arrow", "zigzag", "hook", "spiral", "fork"];

    private static readonly Segment[][] s_shapes =
    [
        Arc(0.85, 0, 12, 12),
        Path([(0, -0.9), (0.85, 0.7), (-0.85, 0.7), (0, -0.9)]),
        Path([(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75), (-0.75, -0.75)]),
        [new(-0.8, -0.8, 0.8, 0.8), new(-0.8, 0.8, 0.8, -0.8)],
        [new(0, -0.95, 0, 0.95), new(-0.95, 0, 0.95, 0)],
        [new(0, 0.95, 0, -0.95), new(0, -0.95, -0.6, -0.3), new(0, -0.95, 0.6, -0.3)],
        Path([(-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8)]),
        [.. Path([(0.5, -0.95), (0.5, 0.35)]), .. HookArc()],
        Spiral(),
        [new(0, 0.95, 0, -0.1), .. Path([(-0.75, -0.95), (-0.75, -0.1), (0.75, -0.1), (0.75, -0.95)])],
    ];

    /// <summary>The strokes of a class.</summary>
    public static ReadOnlySpan<Segment> Of(int label) => s_shapes[label];

    private static Segment[] Path(ReadOnlySpan<(double X, double Y)> points)
    {
        var segments = new Segment[points.Length - 1];
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = new Segment(points[i].X, points[i].Y, points[i + 1].X, points[i + 1].Y);
        }

        return segments;
    }

    /// <summary>Part of a circle around the origin in steps of 30 degrees.</summary>
    private static Segment[] Arc(double radius, int first, int steps, int wholeCircle)
    {
        var points = new (double, double)[steps + 1];
        for (int i = 0; i <= steps; i++)
        {
            (double sin, double cos) = Turns.SinCos((first + i) / (double)wholeCircle);
            points[i] = (radius * cos, radius * sin);
        }

        return Path(points);
    }

    private static Segment[] HookArc()
    {
        Segment[] half = Arc(0.55, 0, 6, 12);
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = new Segment(half[i].X0 - 0.05, half[i].Y0 + 0.35, half[i].X1 - 0.05, half[i].Y1 + 0.35);
        }

        return half;
    }

    private static Segment[] Spiral()
    {
        var points = new (double, double)[19];
        for (int i = 0; i < points.Length; i++)
        {
            (double sin, double cos) = Turns.SinCos(i / 12.0);
            double radius = 0.15 + (0.75 * i / 18);
            points[i] = (radius * cos, radius * sin);
        }

        return Path(points);
    }

    /// <summary>A straight stroke.</summary>
    internal readonly record struct Segment(double X0, double Y0, double X1, double Y1);
}
