using BenchmarkDotNet.Attributes;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Benchmarks;

/// <summary>fp32 convolutions of <c>shapes/conv.txt</c>, one thread, for every usable vector instruction set.</summary>
public class ConvBenchmarks
{
    private readonly WorkerPool _pool = new(1);
    private ConvOperands? _operands;

    [ParamsSource(nameof(Shapes))]
    public NamedLayer? Shape { get; set; }

    [ParamsSource(nameof(Isas))]
    public Isa Isa { get; set; }

    public static IEnumerable<NamedLayer> Shapes => ShapeFile.Layers("conv");

    public static IEnumerable<Isa> Isas => CpuFeatures.Usable.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup() => _operands = new ConvOperands(Shape!.Shape, _pool, Isa);

    [GlobalCleanup]
    public void Cleanup() => _operands!.Dispose();

    [Benchmark]
    public void Forward() => _operands!.Forward();

    [Benchmark]
    public void BackwardInput() => _operands!.BackwardInput();

    [Benchmark]
    public void BackwardWeights() => _operands!.BackwardWeights();
}
