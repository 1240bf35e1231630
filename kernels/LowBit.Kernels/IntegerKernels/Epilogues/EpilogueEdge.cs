using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>
/// Tiles whose panel has fewer outputs than lanes: residual codes are copied into a whole panel, the body runs there, and the outputs that exist are
/// copied back. The bodies themselves know no edges, so nothing in their loops keeps vectors out of registers.
/// </summary>
internal static unsafe class EpilogueEdge
{
    private const int MaxLanes = 16;
    private const int MaxPixels = 64;

    /// <summary>Runs one view of a tile.</summary>
    public static void Run<E>(in EpilogueTarget target, in Epilogue view)
        where E : struct, IPanelEpilogue
    {
        int lanes = E.Lanes, valid = target.Valid, channels = target.Channels;
        long at = target.At;
        var panel = new EpiloguePanel(view.Table, target.Channel, target.Tile, target.Lanes, target.Pixels);
        if (valid == lanes)
        {
            if (view.Codes != null)
            {
                E.Codes(panel, view.Residual == null ? null : view.Residual + at, channels, view.Codes + at, channels);
            }
            else
            {
                E.Words(panel, view.Residual == null ? null : view.Residual + at, channels, view.Words + at, channels);
            }

            return;
        }

        RunPart<E>(target, view, panel);
    }

    // Apart, so that whole panels do not pay for its buffers.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunPart<E>(in EpilogueTarget target, in Epilogue view, in EpiloguePanel panel)
        where E : struct, IPanelEpilogue
    {
        int lanes = E.Lanes, valid = target.Valid, channels = target.Channels;
        long at = target.At;
        byte* residual = stackalloc byte[MaxPixels * MaxLanes];
        byte* codes = stackalloc byte[MaxPixels * MaxLanes];
        int* words = stackalloc int[MaxPixels * MaxLanes];
        if (view.Residual != null)
        {
            for (int p = 0; p < target.Pixels; p++)
            {
                new ReadOnlySpan<byte>(view.Residual + at + ((long)p * channels), valid).CopyTo(new Span<byte>(residual + (p * lanes), valid));
            }
        }
        else
        {
            residual = null;
        }

        if (view.Codes != null)
        {
            E.Codes(panel, residual, lanes, codes, lanes);
            for (int p = 0; p < target.Pixels; p++)
            {
                new ReadOnlySpan<byte>(codes + (p * lanes), valid).CopyTo(new Span<byte>(view.Codes + at + ((long)p * channels), valid));
            }
        }
        else
        {
            E.Words(panel, residual, lanes, words, lanes);
            for (int p = 0; p < target.Pixels; p++)
            {
                new ReadOnlySpan<int>(words + (p * lanes), valid).CopyTo(new Span<int>(view.Words + at + ((long)p * channels), valid));
            }
        }
    }
}
