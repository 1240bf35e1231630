using BenchmarkDotNet.Attributes;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Bench.Benchmarks;

/// <summary>fp32 matrix products of <c>shapes/gemm.txt</c>, one thread, for every usable vector instruction set.</summary>
public class GemmBenchmarks
{
    private readonly WorkerPool _pool = new(1);
    private GemmOperands? _operands;

    [ParamsSource(nameof(Shapes))]
    public NamedGemm? Shape { get; set; }

    [ParamsSource(nameof(Isas))]
    public Isa Isa { get; set; }

    public static IEnumerable<NamedGemm> Shapes => NamedGemm.Read("gemm");

    public static IEnumerable<Isa> Isas => CpuFeatures.Usable.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup() => _operands = new GemmOperands(Shape!.Shape, _pool, Isa);

    [GlobalCleanup]
    public void Cleanup() => _operands!.Dispose();

    [Benchmark]
    public void Multiply() => _operands!.Multiply();
}
