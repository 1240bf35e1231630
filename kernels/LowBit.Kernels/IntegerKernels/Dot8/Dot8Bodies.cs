namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>The bodies of one layer, by pixel count; the only place where the axes' product is written down.</summary>
internal readonly unsafe struct Dot8Bodies
{
    private readonly delegate*<byte*, nint*, nint, byte*, int*, void> _p1, _p2, _p4, _p7, _p8, _p14, _p16;
    private readonly int _largest;

    private Dot8Bodies(
        delegate*<byte*, nint*, nint, byte*, int*, void> p1,
        delegate*<byte*, nint*, nint, byte*, int*, void> p2,
        delegate*<byte*, nint*, nint, byte*, int*, void> p4,
        delegate*<byte*, nint*, nint, byte*, int*, void> p7,
        delegate*<byte*, nint*, nint, byte*, int*, void> p8,
        delegate*<byte*, nint*, nint, byte*, int*, void> p14,
        delegate*<byte*, nint*, nint, byte*, int*, void> p16,
        int largest)
    {
        _p1 = p1;
        _p2 = p2;
        _p4 = p4;
        _p7 = p7;
        _p8 = p8;
        _p14 = p14;
        _p16 = p16;
        _largest = largest;
    }

    public static Dot8Bodies Choose<L, V>(in Dot8Layout layout)
        where L : struct, IDotLanes<V>
        where V : struct
        => (layout.IsWide, layout.Depth) switch
        {
            (true, _) => Of<L, V, DepthWide>(),
            (_, 1) => Of<L, V, Depth1>(),
            (_, 2) => Of<L, V, Depth2>(),
            _ => Of<L, V, Depth4>(),
        };

    /// <summary>Pixels of the next tile when <paramref name="left"/> remain in the row.</summary>
    public int Pixels(int left)
    {
        if (_largest >= 16)
        {
            if (left % 14 == 0)
            {
                return 14;
            }

            if (left >= 16)
            {
                return 16;
            }

            if (left >= 14)
            {
                return 14;
            }
        }

        if (_largest >= 8)
        {
            if (left % 7 == 0)
            {
                return 7;
            }

            if (left >= 8)
            {
                return 8;
            }
        }

        return left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    public delegate*<byte*, nint*, nint, byte*, int*, void> Body(int pixels) => pixels switch
    {
        16 => _p16,
        14 => _p14,
        8 => _p8,
        7 => _p7,
        4 => _p4,
        2 => _p2,
        _ => _p1,
    };

    private static Dot8Bodies Of<L, V, D>()
        where L : struct, IDotLanes<V>
        where V : struct
        where D : struct, IDotDepth
        => new(
            &Dot8Tile<L, V, D, Pixels1>.Run,
            &Dot8Tile<L, V, D, Pixels2>.Run,
            &Dot8Tile<L, V, D, Pixels4>.Run,
            &Dot8Tile<L, V, D, Pixels7>.Run,
            &Dot8Tile<L, V, D, Pixels8>.Run,
            &Dot8Tile<L, V, D, Pixels14>.Run,
            &Dot8Tile<L, V, D, Pixels16>.Run,
            L.MaxPixels);
}
