using BenchmarkDotNet.Attributes;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Bench.Benchmarks;

/// <summary>Integer convolutions of <c>shapes/intconv.txt</c>, requantization included, one thread.</summary>
public class IntegerConvBenchmarks
{
    private readonly WorkerPool _pool = new(1);
    private IntegerConvOperands? _operands;

    [ParamsSource(nameof(Layers))]
    public NamedIntegerConv? Layer { get; set; }

    [ParamsSource(nameof(Isas))]
    public Isa Isa { get; set; }

    public static IEnumerable<NamedIntegerConv> Layers => NamedIntegerConv.Read("intconv");

    public static IEnumerable<Isa> Isas => CpuFeatures.Usable.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup() => _operands = new IntegerConvOperands(Layer!, _pool, Isa);

    [GlobalCleanup]
    public void Cleanup() => _operands!.Dispose();

    [Benchmark]
    public void Run() => _operands!.Run();
}
