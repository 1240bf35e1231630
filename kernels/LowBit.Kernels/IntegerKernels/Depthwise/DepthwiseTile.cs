using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Dot8;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// The inner loops of depthwise convolutions: lanes are channels, and two taps are one step: <c>w0·a0 + w1·a1</c> in 32 bits, exact for every pair of
/// widths. Weights are <c>[pair of taps][lane][2]</c> 16-bit integers.
/// </summary>
internal static unsafe class DepthwiseTile<L, V>
    where L : struct, IDotLanes<V>
    where V : struct
{
    /// <summary>Four neighbouring pixels, which share the weights' loads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Four(byte* input, nint pixelStride, nint* offsets, nint pairs, byte* weights, int* tile)
    {
        V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero;
        nint second = pixelStride, third = 2 * pixelStride, fourth = 3 * pixelStride;
        for (; pairs > 0; pairs--)
        {
            byte* a = input + offsets[0];
            byte* b = input + offsets[1];
            V w = L.Load(weights);
            c0 = L.Add32(c0, L.WordDot(L.LoadPair(a, b), w));
            c1 = L.Add32(c1, L.WordDot(L.LoadPair(a + second, b + second), w));
            c2 = L.Add32(c2, L.WordDot(L.LoadPair(a + third, b + third), w));
            c3 = L.Add32(c3, L.WordDot(L.LoadPair(a + fourth, b + fourth), w));
            offsets += 2;
            weights += 4 * L.Count;
        }

        L.Store(c0, tile);
        L.Store(c1, tile + L.Count);
        L.Store(c2, tile + (2 * L.Count));
        L.Store(c3, tile + (3 * L.Count));
    }

    /// <summary>One pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void One(byte* input, nint* offsets, nint pairs, byte* weights, int* tile)
    {
        V c0 = L.Zero;
        for (; pairs > 0; pairs--)
        {
            c0 = L.Add32(c0, L.WordDot(L.LoadPair(input + offsets[0], input + offsets[1]), L.Load(weights)));
            offsets += 2;
            weights += 4 * L.Count;
        }

        L.Store(c0, tile);
    }
}
