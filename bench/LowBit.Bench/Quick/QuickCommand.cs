using LowBit.Bench.Benchmarks;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Quick;

/// <summary>
/// Figures within a minute: the candidates of each shape take turns, so that all meet the same load and clock; printed are the
/// fastest and the median time and the share of the ceiling, measured before and after, that the fastest reaches. The ceiling is the peak of as many threads.
/// </summary>
internal static class QuickCommand
{
    // Long enough to catch the machine at full clock, before and after the rounds.
    private const double CeilingSeconds = 0.03;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The arguments after <c>--quick</c>.</param>
    /// <returns>0, or 2 when the arguments or the shape list are not understood.</returns>
    public static int Run(string[] args)
    {
        try
        {
            Run(QuickOptions.Parse(args));
            return 0;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        catch (TypeInitializationException e) when (e.InnerException is ArgumentException wrong)
        {
            // LOWBIT_ISA names no instruction set.
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }
    }

    private static void Run(QuickOptions options)
    {
        using var pool = new WorkerPool(options.Threads);
        Console.WriteLine($"{options.Mode}, {CpuFeatures.Word(options.Isa)}, {options.Threads} thread(s), {options.Rounds} rounds");
        Console.WriteLine($"{"shape",-22} {"product",-12} {"min ms",9} {"median ms",10} {"G op/s",8} {"ceiling",8} {"share",6}");
        switch (options.Mode)
        {
            case "conv":
                foreach (NamedLayer item in ShapeFile.Layers(options.Shapes))
                {
                    using var operands = new ConvOperands(item.Shape, pool, options.Isa);
                    double operations = item.Shape.Operations;
                    Measure(
                        item.Name, options, CeilingLoops.FmaGflops,
                        new("forward", operations, operands.Forward),
                        new("to input", operations, operands.BackwardInput),
                        new("to weights", operations, operands.BackwardWeights));
                }

                break;
            case "gemm":
                foreach (NamedGemm item in NamedGemm.Read(options.Shapes))
                {
                    using var operands = new GemmOperands(item.Shape, pool, options.Isa);
                    Measure(item.Name, options, CeilingLoops.FmaGflops, new Candidate("multiply", item.Shape.Operations, operands.Multiply));
                }

                break;
            default:
                foreach (NamedIntegerConv item in NamedIntegerConv.Read(options.Shapes))
                {
                    using KernelTrial trial = item.Trial(pool, options.Isa);
                    Measure(item.Name, options, CeilingLoops.Int8Gops, new Candidate(trial.Kernel.Family, item.Shape.Operations, trial.Run));
                }

                break;
        }
    }

    private static void Measure(string name, QuickOptions options, Func<Isa, int, double, double> ceilingOf, params Candidate[] candidates)
    {
        double ceiling = ceilingOf(options.Isa, options.Threads, CeilingSeconds);
        Timing[] timings = InterleavedTimer.Measure([.. candidates.Select(candidate => candidate.Run)], options.Rounds);
        ceiling = Math.Max(ceiling, ceilingOf(options.Isa, options.Threads, CeilingSeconds));
        for (int i = 0; i < candidates.Length; i++)
        {
            Candidate candidate = candidates[i];
            double speed = candidate.Operations / timings[i].Minimum / 1e9;
            Console.WriteLine(
                $"{name,-22} {candidate.Name,-12} {timings[i].Minimum * 1e3,9:F3} {timings[i].Median * 1e3,10:F3} {speed,8:F1} {ceiling,8:F1} {speed / ceiling,6:P0}");
        }
    }
}
