namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>The bodies of one layer for panels of some number of vectors, by pixel count; the only place where the axes' product is written down.</summary>
internal sealed unsafe class Dot8Bodies
{
    // Rows longer than this begin with the tile that is best by itself.
    private const int LongestSplit = 63;

    // A body's entry and exit, in cycles of a step of a layer of middle size.
    private const double CallCycles = 0.8;

    private readonly delegate*<byte*, nint, Dot8Run*, byte*, int*, nint, void>[] _bodies;

    // First tile of a row of so many pixels.
    private readonly byte[] _first = new byte[LongestSplit + 1];
    private readonly byte _longRow;

    // How many tiles of that size a row begins with.
    private readonly byte[] _equal = new byte[LongestSplit + 1];

    // Cycles of a step of such a row, and of a pixel of a long one.
    private readonly double[] _cycles = new double[LongestSplit + 1];
    private readonly double _pixelCycles = double.PositiveInfinity;

    private Dot8Bodies(delegate*<byte*, nint, Dot8Run*, byte*, int*, nint, void>[] bodies, int vectors, int most, double instructions)
    {
        _bodies = bodies;
        for (int left = 1; left <= LongestSplit; left++)
        {
            _cycles[left] = double.PositiveInfinity;
            for (int pixels = 1; pixels <= Math.Min(left, most); pixels++)
            {
                if (bodies[pixels] == null)
                {
                    continue;
                }

                double cycles = StepCycles(pixels, vectors, instructions) + CallCycles;
                if (cycles + _cycles[left - pixels] <= _cycles[left])
                {
                    _cycles[left] = cycles + _cycles[left - pixels];
                    _first[left] = (byte)pixels;
                }

                if (cycles / pixels <= _pixelCycles)
                {
                    _pixelCycles = cycles / pixels;
                    _longRow = (byte)pixels;
                }
            }

            int rest = left - _first[left];
            _equal[left] = (byte)(_first[rest] == _first[left] ? _equal[rest] + 1 : 1);
        }
    }

    public static Dot8Bodies Choose<L, V>(in Dot8Layout layout, int vectors)
        where L : struct, IDotLanes<V>
        where V : struct
    {
        return layout.Sums switch
        {
            Dot8Sums.Wide => Of<L, V, SumsWide>(vectors),
            Dot8Sums.Delayed => Of<L, V, SumsDelayed>(vectors),
            Dot8Sums.Repeated => Of<L, V, SumsRepeated>(vectors),
            Dot8Sums.OfFour => Of<L, V, SumsOfFour>(vectors),
            Dot8Sums.OfTwo => Of<L, V, SumsOfTwo>(vectors),
            Dot8Sums.Exact => Of<L, V, SumsExact>(vectors),
            _ => Of<L, V, SumsAtOnce>(vectors),
        };
    }

    /// <summary>
    /// Most pixels of a tile: beside the accumulators a turn needs registers for its weights, for the ones that widen, and for operands. Two vectors of outputs have named
    /// accumulators for eight pixels.
    /// </summary>
    public static int MostPixels(int registers, int vectors, int group)
        => Math.Min((registers - (vectors * group) - (group > 1 ? 4 : 3)) / vectors, vectors == 1 ? 16 : 8);

    /// <summary>Pixels of the largest tile.</summary>
    public static int LargestPixels(int registers, int vectors)
        => MostPixels(registers, vectors, 1) switch { >= 16 => 16, >= 14 => 14, >= 12 => 12, >= 8 => 8, >= 7 => 7, >= 4 => 4, >= 2 => 2, _ => 1 };

    /// <summary>Pixels of the next tile when <paramref name="left"/> remain in the row.</summary>
    public int Pixels(int left) => left <= LongestSplit ? _first[left] : _longRow;

    /// <summary>How many tiles of that size follow one another.</summary>
    public int Tiles(int left) => left <= LongestSplit ? _equal[left] : (left - LongestSplit + _longRow - 1) / _longRow;

    /// <summary>Cycles that a step of a row of so many pixels takes.</summary>
    public double StepCycles(int pixels) => pixels <= LongestSplit ? _cycles[pixels] : pixels * _pixelCycles;

    public delegate*<byte*, nint, Dot8Run*, byte*, int*, nint, void> Body(int pixels) => _bodies[pixels];

    // Two vector instructions a cycle, and not quite four of all kinds: a load for each pixel and vector of weights, and the loop's.
    private static double StepCycles(int pixels, int vectors, double instructions)
    {
        double products = pixels * vectors * instructions;
        return Math.Max(products / 2.0, (products + pixels + vectors + 5) / 3.6);
    }

    private static Dot8Bodies Of<L, V, D>(int vectors)
        where L : struct, IDotLanes<V>
        where V : struct
        where D : struct, IDotSums
        => vectors == 1 ? Bodies<L, V, D, Vectors1>.Instance : Bodies<L, V, D, Vectors2>.Instance;

    private static class Bodies<L, V, D, N>
        where L : struct, IDotLanes<V>
        where V : struct
        where D : struct, IDotSums
        where N : struct, ITileVectors
    {
        public static readonly Dot8Bodies Instance = Make();

        // A multiplication and an addition, and for every group two that widen it.
        private static double Instructions => D.IsDelayed || D.IsWide ? 2 : typeof(D) == typeof(SumsExact) ? 1 : 2 + (1.0 / D.Group);

        private static Dot8Bodies Make()
        {
            var bodies = new delegate*<byte*, nint, Dot8Run*, byte*, int*, nint, void>[17];
            bodies[1] = &Dot8Tile<L, V, D, Pixels1, N>.Run;
            bodies[2] = &Dot8Tile<L, V, D, Pixels2, N>.Run;
            bodies[4] = &Dot8Tile<L, V, D, Pixels4, N>.Run;
            bodies[7] = &Dot8Tile<L, V, D, Pixels7, N>.Run;
            bodies[8] = &Dot8Tile<L, V, D, Pixels8, N>.Run;
            bodies[12] = &Dot8Tile<L, V, D, Pixels12, N>.Run;
            bodies[14] = &Dot8Tile<L, V, D, Pixels14, N>.Run;
            bodies[16] = &Dot8Tile<L, V, D, Pixels16, N>.Run;
            return new Dot8Bodies(bodies, N.Count, MostPixels(L.Registers, N.Count, D.Group), Instructions);
        }
    }
}
