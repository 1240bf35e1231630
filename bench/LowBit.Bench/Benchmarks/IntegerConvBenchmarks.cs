using BenchmarkDotNet.Attributes;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Benchmarks;

/// <summary>Integer convolutions of <c>shapes/intconv.txt</c>, requantization included, one thread.</summary>
public class IntegerConvBenchmarks
{
    private readonly WorkerPool _pool = new(1);
    private KernelTrial? _trial;

    [ParamsSource(nameof(Layers))]
    public NamedIntegerConv? Layer { get; set; }

    [ParamsSource(nameof(Isas))]
    public Isa Isa { get; set; }

    public static IEnumerable<NamedIntegerConv> Layers => NamedIntegerConv.Read("intconv");

    public static IEnumerable<Isa> Isas => CpuFeatures.Usable.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup() => _trial = Layer!.Trial(_pool, Isa);

    [GlobalCleanup]
    public void Cleanup() => _trial!.Dispose();

    [Benchmark]
    public void Run() => _trial!.Run();
}
