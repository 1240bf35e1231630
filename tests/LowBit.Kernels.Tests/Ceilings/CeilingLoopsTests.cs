using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.Ceilings;

/// <summary>Speeds depend on the machine; what must hold anywhere is that every figure was measured and the sizes are plausible.</summary>
public sealed class CeilingLoopsTests
{
    [Fact]
    public void Every_figure_is_measured()
    {
        using var pool = new WorkerPool(2);
        CeilingReport report = CeilingLoops.Measure(pool, CpuFeatures.Best == Isa.Scalar ? Isa.Vector128 : CpuFeatures.Best, secondsPerFigure: 0.002);
        Assert.Equal(2, report.Threads);
        foreach (CeilingFigures figures in new[] { report.PerThread, report.All })
        {
            double[] all =
            [
                figures.FmaGflops, figures.Int8Gops, figures.Int8NarrowGops, figures.ShuffleGlookups, figures.PopcountGbits,
                figures.ReadL1, figures.ReadL2, figures.ReadL3, figures.ReadMemory,
            ];
            Assert.All(all, figure => Assert.InRange(figure, 0.01, 1e6));
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_first_cache_delivers_two_vectors_in_a_cycle()
    {
        // Two load units bring 8 bytes per lane while two multiply-add units do 4 operations: 2, or 4 where there is one such unit. One load in a cycle would be half of that.
        using var pool = new WorkerPool(1);
        Isa isa = CpuFeatures.Best == Isa.Scalar ? Isa.Vector128 : CpuFeatures.Best;
        CeilingFigures figures = CeilingLoops.Measure(pool, isa, secondsPerFigure: 0.1).PerThread;
        Assert.InRange(figures.ReadL1 / figures.FmaGflops, 1.3, 4.4);
    }

    [Fact]
    public void Single_figures_are_positive_for_every_vector_set()
    {
        foreach (Isa isa in CpuFeatures.Usable)
        {
            if (isa != Isa.Scalar)
            {
                Assert.InRange(CeilingLoops.FmaGflops(isa, 1, 0.001), 0.01, 1e6);
                Assert.InRange(CeilingLoops.Int8Gops(isa, 1, 0.001), 0.01, 1e6);
            }
        }
    }

    [Fact]
    public void More_threads_than_processors_have_the_ceiling_of_the_processors()
    {
        // Four times the threads would be four times the ceiling; half of that is far above what a busy machine changes.
        Isa isa = CpuFeatures.Best == Isa.Scalar ? Isa.Vector128 : CpuFeatures.Best;
        int processors = Environment.ProcessorCount;
        Assert.InRange(CeilingLoops.FmaGflops(isa, 4 * processors, 0.02), 0.01, 2.5 * CeilingLoops.FmaGflops(isa, processors, 0.02));
    }

    [Fact]
    public void A_measurement_that_is_stopped_ends()
    {
        using var pool = new WorkerPool(1);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => CeilingLoops.Measure(pool, Isa.Vector128, secondsPerFigure: 1000, stop.Token));
    }

    [Fact]
    public void A_set_without_vectors_or_time_is_refused()
    {
        using var pool = new WorkerPool(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => CeilingLoops.Measure(pool, Isa.Scalar));
        Assert.Throws<ArgumentOutOfRangeException>(() => CeilingLoops.Measure(pool, Isa.Vector128, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CeilingLoops.FmaGflops(Isa.Scalar, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CeilingLoops.FmaGflops(Isa.Vector128, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CeilingLoops.Int8Gops(Isa.Vector128, 1, 0));
    }
}
