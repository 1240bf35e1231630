using BenchmarkDotNet.Attributes;
using LowBit.Bench.Shapes;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Benchmarks;

/// <summary>Every registered kernel on the layers of <c>shapes/kernels.txt</c>, requantization included, one thread; int8 is the w7a8 pair.</summary>
public class KernelBenchmarks
{
    private static readonly (int Weights, int Activations)[] s_pairs = [(8, 8), (7, 8), (4, 8), (4, 4), (2, 2), (1, 2), (1, 1)];

    private readonly WorkerPool _pool = new(1);
    private KernelTrial? _trial;

    [ParamsSource(nameof(Cases))]
    public KernelCase? Case { get; set; }

    public static IEnumerable<KernelCase> Cases
    {
        get
        {
            foreach (NamedLayer layer in ShapeFile.Layers("kernels"))
            {
                foreach ((int weights, int activations) in s_pairs)
                {
                    RangeProof proof = RangeProof.Create(weights, (1 << activations) - 1, layer.Shape.ReductionLength);
                    foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(layer.Shape, proof, CpuFeatures.Best).Where(kernel => kernel.Isa != Isa.Scalar))
                    {
                        yield return new KernelCase(layer, proof, kernel);
                    }
                }
            }
        }
    }

    [GlobalSetup]
    public void Setup() => _trial = new KernelTrial(Case!.Layer.Shape, Case.Proof, Case.Kernel, _pool);

    [GlobalCleanup]
    public void Cleanup() => _trial!.Dispose();

    [Benchmark]
    public void Run() => _trial!.Run();
}
