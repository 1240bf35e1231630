using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Cuts activation codes into bits, plane by plane; a pixel takes whole units in each plane. Where there is no channel bits are 0, their complements 1.
/// </summary>
/// <param name="layout">Order of the products.</param>
/// <param name="planeBytes">Bytes from plane to plane.</param>
internal readonly unsafe struct BitplaneCut<L, V>(in BitplaneLayout layout, nint planeBytes)
    where L : struct, IBitLanes<V>
    where V : struct
{
    private readonly int _bits = layout.ActivationBits;
    private readonly bool _hasComplements = !layout.IsBipolar;
    private readonly nint _planeBytes = planeBytes;
    private readonly int _channels = layout.Channels;
    private readonly int _units = layout.ChannelUnits;

    /// <summary>Cuts neighbouring pixels.</summary>
    /// <param name="source">Codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="to">Receives the first plane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pixels(byte* source, nint stride, int pixels, byte* to)
    {
        int whole = _channels / BitplaneLayout.UnitChannels, rest = _channels % BitplaneLayout.UnitChannels;
        if (rest == 0 && stride == _channels)
        {
            // Pixels follow each other without a gap.
            Units(source, whole * pixels, to);
            return;
        }

        byte* edge = stackalloc byte[BitplaneLayout.UnitChannels];
        for (; pixels > 0; pixels--)
        {
            Units(source, whole, to);
            to += whole * BitplaneLayout.UnitBytes;
            if (rest > 0)
            {
                Unsafe.CopyBlockUnaligned(edge, source + (whole * BitplaneLayout.UnitChannels), (uint)rest);
                Units(edge, 1, to);
                to += BitplaneLayout.UnitBytes;
            }

            source += stride;
        }
    }

    /// <summary>Writes pixels of one code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="to">Receives the first plane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Padding(byte code, int pixels, byte* to)
    {
        int rest = _channels % BitplaneLayout.UnitChannels;
        ulong last = rest == 0 ? ulong.MaxValue : (1UL << rest) - 1;
        for (int i = 0; i < _bits; i++)
        {
            ulong bits = (code >> i & 1) != 0 ? ulong.MaxValue : 0;
            Fill(bits, bits & last, pixels, to + (i * _planeBytes));
            if (_hasComplements)
            {
                Fill(~bits, ~(bits & last), pixels, to + ((_bits + i) * _planeBytes));
            }
        }
    }

    // A pixel is whole units of one pattern and a last one.
    private void Fill(ulong whole, ulong last, int pixels, byte* to)
    {
        for (; pixels > 0; pixels--)
        {
            for (int unit = 1; unit < _units; unit++)
            {
                L.Spread(whole, to);
                to += BitplaneLayout.UnitBytes;
            }

            L.Spread(last, to);
            to += BitplaneLayout.UnitBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Units(byte* codes, int count, byte* to)
    {
        // In locals, because what is written could be these fields.
        V lowest = L.Words(0x0101);
        nint bits = _bits, planeBytes = _planeBytes, complements = _hasComplements ? _bits * _planeBytes : 0;
        if (bits == 1 && complements == 0)
        {
            for (; count > 0; count--)
            {
                L.Spread(L.Plane(codes, lowest), to);
                codes += BitplaneLayout.UnitChannels;
                to += BitplaneLayout.UnitBytes;
            }

            return;
        }

        for (; count > 0; count--)
        {
            V bit = lowest;
            byte* plane = to;
            for (nint i = bits; i > 0; i--)
            {
                ulong cut = L.Plane(codes, bit);
                L.Spread(cut, plane);
                if (complements != 0)
                {
                    L.Spread(~cut, plane + complements);
                }

                bit = L.AddBytes(bit, bit);
                plane += planeBytes;
            }

            codes += BitplaneLayout.UnitChannels;
            to += BitplaneLayout.UnitBytes;
        }
    }
}
