using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>One convolution with all-one operands and a byte view, ready to be run again and again.</summary>
internal sealed unsafe class ConvTrial : IDisposable
{
    private readonly PackedConvWeights _weights;
    private readonly GuardedBuffer<byte> _input;
    private readonly GuardedBuffer<byte> _output;
    private readonly GuardedBuffer<byte> _scratch;
    private readonly IntegerConvArguments _arguments;

    public ConvTrial(in ConvShape shape, Isa isa, int threads)
    {
        sbyte[] codes = new sbyte[shape.WeightLength];
        Array.Fill(codes, (sbyte)1);
        _weights = IntegerConv.Pack(shape, codes, RangeProof.Create(1, 1, 1, shape.ReductionLength), isa);
        _input = new GuardedBuffer<byte>(shape.InputLength);
        _output = new GuardedBuffer<byte>(shape.OutputLength);
        _scratch = new GuardedBuffer<byte>(IntegerConv.ScratchBytes(shape, _weights, threads));
        _input.Span.Fill(1);
        int[] ones = new int[shape.OutChannels];
        Array.Fill(ones, 1);
        var table = new RequantizeTable(ones, new long[shape.OutChannels], new int[shape.OutChannels], 0, byte.MaxValue);
        _arguments = new IntegerConvArguments
        {
            Shape = shape,
            Weights = _weights,
            Input = _input.Pointer,
            PaddingCode = 1,
            Epilogues = [new Epilogue(table, _output.Pointer)],
            Scratch = _scratch.Pointer,
        };
    }

    public ReadOnlySpan<byte> Output => _output.Span;

    public void Run(WorkerPool pool) => IntegerConv.Run(_arguments, pool);

    public void Dispose()
    {
        _weights.Dispose();
        _input.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }
}
