using LowBit.Bench.Shapes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;

namespace LowBit.Bench.Benchmarks;

/// <summary>Operands of one integer convolution with one byte view of its result, as a layer of a network has.</summary>
internal sealed unsafe class IntegerConvOperands : IDisposable
{
    private readonly NativeArray<byte> _x;
    private readonly NativeArray<byte> _y;
    private readonly NativeArray<byte> _scratch;
    private readonly PackedConvWeights _weights;
    private readonly Epilogue[] _epilogues;
    private readonly ConvShape _shape;
    private readonly WorkerPool _pool;

    public IntegerConvOperands(NamedIntegerConv layer, WorkerPool pool, Isa isa)
    {
        _shape = layer.Shape;
        _pool = pool;
        int largest = layer.WeightBits == 1 ? 1 : (1 << (layer.WeightBits - 1)) - 1, codes = 1 << layer.ActivationBits;
        RangeProof proof = RangeProof.Create(-largest, largest, codes - 1, _shape.ReductionLength, isBipolar: layer.WeightBits == 1);
        var random = new Random(20261121);
        var weights = new sbyte[_shape.WeightLength];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (sbyte)(layer.WeightBits == 1 ? (random.Next(2) * 2) - 1 : random.Next(-largest, largest + 1));
        }

        _weights = IntegerConv.Pack(_shape, weights, proof, isa);
        _x = new NativeArray<byte>(_shape.InputLength, r => (byte)r.Next(codes));
        _y = new NativeArray<byte>(_shape.OutputLength, static _ => 0);
        _scratch = new NativeArray<byte>(Math.Max(64, IntegerConv.ScratchBytes(_shape, _weights, pool.ThreadCount)), static _ => 0);

        // A scale that spreads the sums over the output codes; its value does not matter for the time.
        (int multiplier, int shift) = Requantizer.FixedPoint(1.0 / (largest * Math.Sqrt(_shape.ReductionLength)));
        var multipliers = new int[_shape.OutChannels];
        var offsets = new long[_shape.OutChannels];
        var shifts = new int[_shape.OutChannels];
        Array.Fill(multipliers, multiplier);
        Array.Fill(shifts, shift);
        _epilogues = [new Epilogue(new RequantizeTable(multipliers, offsets, shifts, 0, codes - 1), _y.Pointer)];
    }

    public string Kernel => _weights.Kernel.ToString() ?? "";

    public void Run() => IntegerConv.Run(
        new IntegerConvArguments { Shape = _shape, Weights = _weights, Input = _x.Pointer, Epilogues = _epilogues, Scratch = _scratch.Pointer }, _pool);

    public void Dispose()
    {
        _weights.Dispose();
        _x.Dispose();
        _y.Dispose();
        _scratch.Dispose();
    }
}
