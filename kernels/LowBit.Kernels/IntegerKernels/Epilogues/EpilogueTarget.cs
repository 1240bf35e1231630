namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>A tile of accumulators and its place in the output.</summary>
/// <param name="tile">Accumulators <c>[pixels, lanes]</c>.</param>
/// <param name="lanes">Lanes from pixel to pixel.</param>
/// <param name="pixels">Pixels.</param>
/// <param name="valid">Lanes that are outputs, 1 to <paramref name="lanes"/>.</param>
/// <param name="channel">Output channel of lane 0.</param>
/// <param name="channels">Elements from output pixel to output pixel.</param>
/// <param name="at">Element of the first pixel's lane 0 in the output.</param>
internal readonly unsafe struct EpilogueTarget(int* tile, int lanes, int pixels, int valid, int channel, int channels, long at)
{
    public readonly int* Tile = tile;
    public readonly int Lanes = lanes;
    public readonly int Pixels = pixels;
    public readonly int Valid = valid;
    public readonly int Channel = channel;
    public readonly int Channels = channels;
    public readonly long At = at;

    /// <summary>Writes the tile to everything the call asked for.</summary>
    public void Finish<E>(in IntegerConvArguments arguments)
        where E : struct, IEpilogueBody
    {
        StoreAccumulators(arguments);
        Epilogue[]? views = arguments.Epilogues;
        for (int i = 0; views is not null && i < views.Length; i++)
        {
            E.Run(this, views[i]);
        }
    }

    /// <summary>Writes the tile to the call's accumulators, if it asked for them.</summary>
    public void StoreAccumulators(in IntegerConvArguments arguments)
    {
        for (int p = 0; arguments.Accumulators != null && p < Pixels; p++)
        {
            new ReadOnlySpan<int>(Tile + (p * Lanes), Valid).CopyTo(new Span<int>(arguments.Accumulators + At + ((long)p * Channels), Valid));
        }
    }
}
