namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>The bodies of products; the only place where the axes' product is written down.</summary>
internal static unsafe class GemvProductBodies<L, V>
    where L : struct, IGemvLanes<V>
    where V : struct
{
    /// <summary>The body for a number of rows, 1 to 4.</summary>
    public static delegate*<byte*, byte*, nint, nint, nint, int*, int*, void> Choose(in GemvProductLayout layout, int rows) => layout.Bits switch
    {
        8 => Of<Code8>(layout.Depth, rows),
        6 => Of<Code6>(layout.Depth, rows),
        5 => Of<Code5>(layout.Depth, rows),

        // Narrower codes always fit a whole block.
        4 => Of<Code4, WholeBlocks>(rows),
        3 => Of<Code3, WholeBlocks>(rows),
        _ => Of<Code2, WholeBlocks>(rows),
    };

    private static delegate*<byte*, byte*, nint, nint, nint, int*, int*, void> Of<C>(int depth, int rows)
        where C : struct, IPackedCode
        => depth switch
        {
            0 => Of<C, WholeBlocks>(rows),
            1 => Of<C, EveryStep>(rows),
            2 => Of<C, TwoSteps>(rows),
            _ => Of<C, FourSteps>(rows),
        };

    private static delegate*<byte*, byte*, nint, nint, nint, int*, int*, void> Of<C, D>(int rows)
        where C : struct, IPackedCode
        where D : struct, IGemvDepth
        => rows switch
        {
            1 => &GemvProductTile<L, V, C, D, Number1>.Run,
            2 => &GemvProductTile<L, V, C, D, Number2>.Run,
            3 => &GemvProductTile<L, V, C, D, Number3>.Run,
            _ => &GemvProductTile<L, V, C, D, Number4>.Run,
        };
}
