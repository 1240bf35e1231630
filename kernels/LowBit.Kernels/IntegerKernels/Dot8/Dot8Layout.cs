using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// In which order the products of one output are summed: a list of steps, each a lane's worth of codes (four bytes, or two 16-bit integers when wide).
/// Plain order: step (ky, channel step, kx). Merged order, for few channels: kernel column and channel run together, so that a step's bytes
/// are filled across pixels: step (ky, part of the row of <c>KernelWidth·channels</c> codes).
/// </summary>
internal readonly struct Dot8Layout
{
    private readonly int _kernelHeight;
    private readonly int _kernelWidth;
    private readonly int _channels;
    private readonly int _stride;

    public Dot8Layout(in ConvShape shape, RangeProof proof, bool dotIsExact)
    {
        _kernelHeight = shape.KernelHeight;
        _kernelWidth = shape.KernelWidth;
        _channels = shape.GroupInChannels;
        _stride = shape.Stride;
        IsWide = proof.PairSumsInInt16 == 0 && !dotIsExact;
        CodesPerStep = IsWide ? 2 : 4;
        ChannelSteps = (_channels + CodesPerStep - 1) / CodesPerStep;
        int merged = ((_kernelWidth * _channels) + CodesPerStep - 1) / CodesPerStep;
        IsMerged = shape.Groups == 1 && merged < _kernelWidth * ChannelSteps;
        StepsPerRow = IsMerged ? merged : _kernelWidth * ChannelSteps;
        Depth = dotIsExact ? 1 : proof.PairSumsInInt16;
    }

    /// <summary>True when products are formed in 32 bits from 16-bit codes.</summary>
    public bool IsWide { get; }

    /// <summary>Codes in a step: 4, or 2 when wide.</summary>
    public int CodesPerStep { get; }

    /// <summary>True when kernel column and channel run together.</summary>
    public bool IsMerged { get; }

    /// <summary>Steps that one pixel's channels take.</summary>
    public int ChannelSteps { get; }

    /// <summary>Steps of one kernel row.</summary>
    public int StepsPerRow { get; }

    /// <summary>Most steps whose pair sums may be added in 16 bits; 0 when wide.</summary>
    public int Depth { get; }

    /// <summary>True when several steps' pair sums are added in 16 bits.</summary>
    public bool IsDelayed => Depth > 1;

    /// <summary>All steps.</summary>
    public int Steps => _kernelHeight * StepsPerRow;

    /// <summary>Column phases kept apart in a packed row, so that neighbouring pixels lie side by side at any stride.</summary>
    public int Phases => IsMerged ? 1 : Math.Min(_stride, _kernelWidth);

    /// <summary>Planes of a packed row; a plane holds one step's codes for neighbouring pixels.</summary>
    public int Planes => IsMerged ? StepsPerRow : ChannelSteps * Phases;

    /// <summary>Steps in a plane for a row of <paramref name="outWidth"/> outputs.</summary>
    public int PlaneWidth(int outWidth) => IsMerged ? outWidth : outWidth + ((_kernelWidth - 1) / _stride);

    /// <summary>Writes where each step of a row's first output lies, in bytes from the start of the packed rows.</summary>
    public unsafe void WriteOffsets(int planeWidth, nint* offsets)
    {
        int step = 0;
        for (int ky = 0; ky < _kernelHeight; ky++)
        {
            nint row = (nint)ky * Planes * planeWidth;
            if (IsMerged)
            {
                for (int j = 0; j < StepsPerRow; j++)
                {
                    offsets[step++] = (row + ((nint)j * planeWidth)) * sizeof(int);
                }

                continue;
            }

            for (int c = 0; c < ChannelSteps; c++)
            {
                for (int phase = 0, shift = 0, kx = 0; kx < _kernelWidth; kx++)
                {
                    offsets[step++] = (row + ((nint)((c * Phases) + phase) * planeWidth) + shift) * sizeof(int);
                    if (++phase == _stride)
                    {
                        phase = 0;
                        shift++;
                    }
                }
            }
        }
    }

    /// <summary>Index of code i of a step within an output's weights <c>[ky, kx, c]</c>, or −1 where there is none.</summary>
    public int WeightIndex(int step, int i)
    {
        int ky = step / StepsPerRow, rest = step % StepsPerRow;
        if (IsMerged)
        {
            int e = (rest * CodesPerStep) + i;
            return e < _kernelWidth * _channels ? (ky * _kernelWidth * _channels) + e : -1;
        }

        int kx = rest % _kernelWidth, c = (rest / _kernelWidth * CodesPerStep) + i;
        return c < _channels ? ((((ky * _kernelWidth) + kx) * _channels) + c) : -1;
    }
}
