using static LowBit.Data.Glyphs.GlyphShapes;

namespace LowBit.Data.Glyphs;

/// <summary>Draws one symbol. The constants decide how hard the set is; a test holds the two ends of that.</summary>
internal static class GlyphPainter
{
    private const int Side = GlyphSet.Side;
    private const double MaximumTurn = 0.06;
    private const double MaximumShear = 0.2;
    private const double SmallestRadius = 7.0;
    private const double LargestRadius = 10.5;
    private const double MaximumStretch = 0.15;
    private const double ThinnestStroke = 0.8;
    private const double ThickestStroke = 1.7;
    private const int MostClutter = 2;
    private const double MostNoise = 16;

    /// <summary>Draws class <paramref name="label"/> into [28, 28] pixels.</summary>
    public static void Paint(int label, ref CounterRandom random, Span<byte> pixels)
    {
        Span<double> ink = stackalloc double[Side * Side];
        ink.Clear();
        DrawSymbol(label, ref random, ink);
        DrawClutter(ref random, ink);

        double ground = random.NextBetween(0, 50);
        double slopeX = random.NextBetween(-1.2, 1.2);
        double slopeY = random.NextBetween(-1.2, 1.2);
        double contrast = random.NextBetween(130, 205);
        double noise = random.NextBetween(4, MostNoise);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                double back = ground + (slopeX * (x - 13.5)) + (slopeY * (y - 13.5));
                double value = back + (contrast * ink[(y * Side) + x]) + (noise * random.NextBell());
                pixels[(y * Side) + x] = (byte)Math.Clamp(Math.Floor(value + 0.5), 0, 255);
            }
        }
    }

    private static void DrawSymbol(int label, ref CounterRandom random, Span<double> ink)
    {
        double radius = random.NextBetween(SmallestRadius, LargestRadius);
        double stretch = 1 + random.NextBetween(-MaximumStretch, MaximumStretch);
        double shear = random.NextBetween(-MaximumShear, MaximumShear);
        (double sin, double cos) = Turns.SinCos(random.NextBetween(-MaximumTurn, MaximumTurn));
        double thickness = random.NextBetween(ThinnestStroke, ThickestStroke);

        // The symbol stays inside: the smaller it is, the farther it may move.
        double room = Math.Max(0.5, 12.5 - radius);
        double centreX = 13.5 + random.NextBetween(-room, room);
        double centreY = 13.5 + random.NextBetween(-room, room);
        foreach (Segment s in Of(label))
        {
            (double x0, double y0) = Map(s.X0, s.Y0);
            (double x1, double y1) = Map(s.X1, s.Y1);
            Stroke(ink, new Segment(x0, y0, x1, y1), thickness, 1);
        }

        (double X, double Y) Map(double u, double v)
        {
            double a = radius * stretch * (u + (shear * v));
            double b = radius / stretch * v;
            return (centreX + (cos * a) - (sin * b), centreY + (sin * a) + (cos * b));
        }
    }

    private static void DrawClutter(ref CounterRandom random, Span<double> ink)
    {
        int count = random.NextBelow(MostClutter + 1);
        for (int i = 0; i < count; i++)
        {
            double x = random.NextBetween(0, Side);
            double y = random.NextBetween(0, Side);
            (double sin, double cos) = Turns.SinCos(random.NextUnit());
            double length = random.NextBetween(1, 6);
            double strength = random.NextBetween(0.25, 0.7);
            Stroke(ink, new Segment(x, y, x + (length * cos), y + (length * sin)), random.NextBetween(0.6, 1.2), strength);
        }
    }

    /// <summary>Lays a stroke over the ink: full within its half thickness, falling to nothing over one pixel.</summary>
    private static void Stroke(Span<double> ink, in Segment s, double thickness, double strength)
    {
        double dx = s.X1 - s.X0;
        double dy = s.Y1 - s.Y0;
        double squared = (dx * dx) + (dy * dy);
        double half = thickness / 2;
        int top = Math.Max(0, (int)Math.Floor(Math.Min(s.Y0, s.Y1) - half - 1));
        int bottom = Math.Min(Side - 1, (int)Math.Ceiling(Math.Max(s.Y0, s.Y1) + half + 1));
        int left = Math.Max(0, (int)Math.Floor(Math.Min(s.X0, s.X1) - half - 1));
        int right = Math.Min(Side - 1, (int)Math.Ceiling(Math.Max(s.X0, s.X1) + half + 1));
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double along = squared > 0 ? Math.Clamp((((x - s.X0) * dx) + ((y - s.Y0) * dy)) / squared, 0, 1) : 0;
                double ex = x - s.X0 - (along * dx);
                double ey = y - s.Y0 - (along * dy);
                double distance = Math.Sqrt((ex * ex) + (ey * ey));
                double cover = strength * Math.Clamp(half + 0.5 - distance, 0, 1);
                ref double pixel = ref ink[(y * Side) + x];
                pixel = Math.Max(pixel, cover);
            }
        }
    }
}
