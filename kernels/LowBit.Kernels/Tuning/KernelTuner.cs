using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tuning;

/// <summary>Measures every candidate of a layer on this machine.</summary>
public static class KernelTuner
{
    /// <summary>Rounds of a measurement: the minimum of so many short rounds is stable on a busy machine.</summary>
    public const int DefaultRounds = 15;

    // A candidate that is expected to be slower than the best by this factor is not worth its time.
    private const double Hopeless = 8;

    /// <summary>Times the candidates of a layer in turns, on one thread, and adds what they take to a table.</summary>
    /// <param name="layer">The layer; it is measured with the proof of its full-range codes.</param>
    /// <param name="table">Receives one row for each candidate.</param>
    /// <param name="limit">The widest instruction set to use.</param>
    /// <param name="rounds">Rounds, 1 or more.</param>
    /// <param name="stop">Ends the measurement early; the table is then as before.</param>
    /// <returns>The number of kernels measured.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public static int Measure(in LayerKey layer, CostTable table, Isa limit, int rounds = DefaultRounds, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        RangeProof proof = RangeProof.Create(layer.WeightBits, (1 << layer.ActivationBits) - 1, layer.Shape.ReductionLength);
        var kernels = new List<IntegerConvKernel>();
        double least = KernelRegistry.Find(layer.Shape, proof, limit).EstimateCycles(layer.Shape, proof);
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(layer.Shape, proof, limit))
        {
            if (kernel.EstimateCycles(layer.Shape, proof) <= Hopeless * least)
            {
                kernels.Add(kernel);
            }
        }

        using var pool = new WorkerPool(1);
        var trials = new List<KernelTrial>();
        try
        {
            var runs = new Action[kernels.Count];
            for (int i = 0; i < runs.Length; i++)
            {
                var trial = new KernelTrial(layer.Shape, proof, kernels[i], pool);
                trials.Add(trial);
                runs[i] = trial.Run;
            }

            Timing[] timings = InterleavedTimer.Measure(runs, rounds, stop);
            for (int i = 0; i < runs.Length; i++)
            {
                table.Set(kernels[i].ToString(), layer, timings[i].Minimum * 1e6, kernels[i].EstimateCycles(layer.Shape, proof));
            }
        }
        finally
        {
            foreach (KernelTrial trial in trials)
            {
                trial.Dispose();
            }
        }

        return kernels.Count;
    }
}
