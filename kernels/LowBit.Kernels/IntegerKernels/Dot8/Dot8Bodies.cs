namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>The bodies of one layer for panels of some number of vectors, by pixel count; the only place where the axes' product is written down.</summary>
internal readonly unsafe struct Dot8Bodies
{
    private readonly delegate*<byte*, nint*, nint, nint, byte*, int*, void> _p1, _p2, _p4, _p7, _p8, _p12, _p14, _p16;
    private readonly int _most;

    private Dot8Bodies(
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p1,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p2,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p4,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p7,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p8,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p12,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p14,
        delegate*<byte*, nint*, nint, nint, byte*, int*, void> p16,
        int most)
    {
        _p1 = p1;
        _p2 = p2;
        _p4 = p4;
        _p7 = p7;
        _p8 = p8;
        _p12 = p12;
        _p14 = p14;
        _p16 = p16;
        _most = most;
    }

    public static Dot8Bodies Choose<L, V>(in Dot8Layout layout, int vectors)
        where L : struct, IDotLanes<V>
        where V : struct
    {
        if (layout.IsWide)
        {
            return vectors == 1 ? Of<L, V, SumsWide, Vectors1>() : Of<L, V, SumsWide, Vectors2>();
        }

        if (layout.IsDelayed)
        {
            return vectors == 1 ? Of<L, V, SumsDelayed, Vectors1>() : Of<L, V, SumsDelayed, Vectors2>();
        }

        return vectors == 1 ? Of<L, V, SumsAtOnce, Vectors1>() : Of<L, V, SumsAtOnce, Vectors2>();
    }

    /// <summary>
    /// Most pixels of a tile: beside the accumulators a step needs registers for its weights, a broadcast and a product, and for the ones that widen.
    /// </summary>
    public static int MostPixels(int registers, int vectors, bool isDelayed) => (registers - vectors - (isDelayed ? 2 : 3)) / vectors;

    /// <summary>Pixels of the largest tile.</summary>
    public static int LargestPixels(int registers, int vectors)
        => MostPixels(registers, vectors, true) switch { >= 16 => 16, >= 14 => 14, >= 12 => 12, >= 8 => 8, >= 7 => 7, >= 4 => 4, >= 2 => 2, _ => 1 };

    /// <summary>Pixels of the next tile when <paramref name="left"/> remain in the row.</summary>
    public int Pixels(int left)
    {
        if (_most >= 14 && left % 14 == 0)
        {
            return 14;
        }

        if (_most >= 16 && left >= 16)
        {
            return 16;
        }

        if (_most >= 14 && left is 14 or 15)
        {
            return 14;
        }

        // Sixteen are better two eights than twelve and four.
        if (_most >= 12 && left >= 12 && left % 7 != 0 && left != 16)
        {
            return 12;
        }

        if (_most >= 8 && left >= 8 && left % 7 != 0)
        {
            return 8;
        }

        return _most >= 7 && left >= 7 ? 7 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    public delegate*<byte*, nint*, nint, nint, byte*, int*, void> Body(int pixels) => pixels switch
    {
        16 => _p16,
        14 => _p14,
        12 => _p12,
        8 => _p8,
        7 => _p7,
        4 => _p4,
        2 => _p2,
        _ => _p1,
    };

    private static Dot8Bodies Of<L, V, D, N>()
        where L : struct, IDotLanes<V>
        where V : struct
        where D : struct, IDotSums
        where N : struct, ITileVectors
        => new(
            &Dot8Tile<L, V, D, Pixels1, N>.Run,
            &Dot8Tile<L, V, D, Pixels2, N>.Run,
            &Dot8Tile<L, V, D, Pixels4, N>.Run,
            &Dot8Tile<L, V, D, Pixels7, N>.Run,
            &Dot8Tile<L, V, D, Pixels8, N>.Run,
            &Dot8Tile<L, V, D, Pixels12, N>.Run,
            &Dot8Tile<L, V, D, Pixels14, N>.Run,
            &Dot8Tile<L, V, D, Pixels16, N>.Run,
            MostPixels(L.Registers, N.Count, D.IsDelayed));
}
