using LowBit.Cli.Documents;
using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Cli.Loading;

/// <summary>
/// Measures all kernels of a layer in turns: float32, the int8 yardstick (w7a8, whose pair sums fit 16 bits) and the candidates of every pair; the
/// ceilings before and after. A ceiling is what that many threads reach together with nothing but the instruction in question.
/// </summary>
internal sealed class KernelComparison(int threads, int rounds) : IDisposable
{
    private const double CeilingSeconds = 0.05;
    private const int YardstickWeights = 7;
    private const int YardstickActivations = 8;

    // A candidate that the model expects to be so much slower than the best is a plainer instruction set's: it has its own run under LOWBIT_ISA.
    private const double Hopeless = 12;

    private readonly WorkerPool _pool = new(threads);
    private readonly List<KernelRowDocument> _rows = [];
    private double _int8Ceiling;
    private double _fmaCeiling;

    /// <summary>Measures one layer for all pairs.</summary>
    public void Add(NamedLayer layer, IReadOnlyList<(int Weights, int Activations)> pairs, CancellationToken stop)
    {
        MeasureCeilings();
        var trials = new List<KernelTrial>();
        var owners = new List<(string Pair, string Key, bool Chosen)>();
        using var floats = new FloatTrial(layer.Shape, _pool, CpuFeatures.Best);
        try
        {
            AddCandidates(layer.Shape, YardstickWeights, YardstickActivations, true, trials, owners);
            foreach ((int weights, int activations) in pairs)
            {
                AddCandidates(layer.Shape, weights, activations, false, trials, owners);
            }

            Timing[] timings = InterleavedTimer.Measure([floats.Run, .. trials.Select(trial => (Action)trial.Run)], rounds, stop);
            MeasureCeilings();
            double fp32 = timings[0].Minimum, int8 = timings[1].Minimum;
            AddRow(layer, ("fp32", $"conv_f32__{CpuFeatures.Word(CpuFeatures.Best)}", false), timings[0], int8, fp32);
            for (int i = 0; i < trials.Count; i++)
            {
                AddRow(layer, owners[i], timings[i + 1], int8, fp32);
            }
        }
        finally
        {
            foreach (KernelTrial trial in trials)
            {
                trial.Dispose();
            }
        }
    }

    /// <summary>Everything measured so far, against the highest ceilings seen.</summary>
    public KernelsDocument Document() => new(
        CpuFeatures.ProcessorName, CpuFeatures.Word(CpuFeatures.Best), threads, rounds, Math.Round(_int8Ceiling, 1), Math.Round(_fmaCeiling, 1),
        [.. _rows.Select(row => row with { PercentOfCeiling = Math.Round(100 * row.Gops / (row.Pair == "fp32" ? _fmaCeiling : _int8Ceiling), 1) })]);

    public void Dispose() => _pool.Dispose();

    // Before and after each layer: on a busy machine the highest of many short measurements is the ceiling.
    private void MeasureCeilings()
    {
        _int8Ceiling = Math.Max(_int8Ceiling, CeilingLoops.Int8Gops(CpuFeatures.Best, threads, CeilingSeconds));
        _fmaCeiling = Math.Max(_fmaCeiling, CeilingLoops.FmaGflops(CpuFeatures.Best, threads, CeilingSeconds));
    }

    private void AddCandidates(
        in ConvShape shape, int weights, int activations, bool yardstick, List<KernelTrial> trials, List<(string Pair, string Key, bool Chosen)> owners)
    {
        RangeProof proof = RangeProof.Create(weights, (1 << activations) - 1, shape.ReductionLength);
        IntegerConvKernel chosen = KernelRegistry.Find(shape, proof, CpuFeatures.Best);
        double least = chosen.EstimateCycles(shape, proof);
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, proof, CpuFeatures.Best))
        {
            if (yardstick ? kernel == chosen : kernel == chosen || (kernel.Isa == CpuFeatures.Best && kernel.EstimateCycles(shape, proof) <= Hopeless * least))
            {
                trials.Add(new KernelTrial(shape, proof, kernel, _pool));
                owners.Add((yardstick ? "int8" : BitPairs.Word(weights, activations), new KernelEntry(new KernelKey(kernel.Family, weights, activations, kernel.Isa), kernel).Name, kernel == chosen));
            }
        }
    }

    private void AddRow(NamedLayer layer, (string Pair, string Key, bool Chosen) owner, Timing timing, double int8, double fp32)
    {
        ConvShape shape = layer.Shape;
        long pixels = (long)shape.Batch * shape.OutHeight * shape.OutWidth;
        _rows.Add(new KernelRowDocument(
            layer.Name, owner.Pair, owner.Key, owner.Chosen, pixels, shape.OutChannels, shape.ReductionLength, timing.Minimum * 1e3, timing.Median * 1e3,
            Math.Round(shape.Operations / timing.Minimum / 1e9, 2), 0, Math.Round(int8 / timing.Minimum, 3), Math.Round(fp32 / timing.Minimum, 3)));
    }
}
