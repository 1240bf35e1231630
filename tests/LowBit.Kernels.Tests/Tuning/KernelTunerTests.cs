using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;
using Xunit;

namespace LowBit.Kernels.Tests.Tuning;

public class KernelTunerTests
{
    private static readonly LayerKey s_layer = new(new ConvShape(1, 6, 6, 8, 16, 3, 3, 1, 1), 2, 2);

    [Fact]
    public void Tuning_measures_the_candidates_and_the_planner_follows()
    {
        var table = new CostTable();
        int measured = KernelTuner.Measure(s_layer, table, CpuFeatures.Best, rounds: 2);
        Assert.Equal(measured, table.Count);
        RangeProof proof = RangeProof.Create(2, 3, s_layer.Shape.ReductionLength);
        KernelChoice choice = table.Choose(s_layer.Shape, proof, CpuFeatures.Best);
        Assert.True(choice.IsMeasured);
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(s_layer.Shape, proof, CpuFeatures.Best))
        {
            if (table.TryGet(kernel.ToString(), s_layer, out double microseconds))
            {
                Assert.InRange(choice.Microseconds, 0, microseconds);
            }
        }
    }

    [Fact]
    public void A_stopped_measurement_leaves_the_table_alone()
    {
        var table = new CostTable();
        Assert.Throws<OperationCanceledException>(() => KernelTuner.Measure(s_layer, table, CpuFeatures.Best, stop: new CancellationToken(true)));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_trial_runs_every_kernel_and_none_after_its_end()
    {
        using var pool = new WorkerPool(1);
        RangeProof proof = RangeProof.Create(1, 1, s_layer.Shape.ReductionLength);
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(s_layer.Shape, proof, CpuFeatures.Best))
        {
            var trial = new KernelTrial(s_layer.Shape, proof, kernel, pool);
            trial.Run();
            trial.Dispose();
            Assert.Throws<ObjectDisposedException>(trial.Run);
        }
    }

    [Fact]
    public void Every_candidate_is_timed_in_every_round()
    {
        int first = 0, second = 0;
        Timing[] timings = InterleavedTimer.Measure([() => Wait(ref first, 3000), () => Wait(ref second, 30_000)], rounds: 5);
        Assert.True(first >= 13 && second >= 13, "three warm-ups, five rounds, an untimed call before each");
        Assert.All(timings, timing => Assert.True(timing.Minimum > 0 && timing.Minimum <= timing.Median));
        Assert.True(timings[0].Minimum < timings[1].Minimum, "a tenth of the work takes less time");
        Assert.Throws<ArgumentOutOfRangeException>(() => InterleavedTimer.Measure([], 0));
    }

    [Fact]
    public void The_median_of_an_even_number_of_rounds_is_the_mean_of_the_middle_ones()
    {
        Assert.Equal(new Timing(1, 2), Timing.Of([3, 1]));
        Assert.Equal(new Timing(1, 3), Timing.Of([9, 1, 2, 4]));
        Assert.Equal(new Timing(1, 2), Timing.Of([2, 9, 1]));
        Assert.Equal(new Timing(5, 5), Timing.Of([5]));
    }

    [Theory]
    [InlineData("a 1 8 8 4 4 3 1 1", "fields")]
    [InlineData("a 1 8 8 4 4 3 1 1 x", "not a number")]
    [InlineData("a 1 8 8 4 4 3 1 3 1", "does not fit")]
    public void A_wrong_shape_list_names_the_line(string line, string words)
    {
        FormatException e = Assert.Throws<FormatException>(() => NamedLayer.Read(new StringReader($"# comment\n{line}\n"), "list"));
        Assert.Contains("list, line 2", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_list_may_hold_comments_and_blanks()
    {
        IReadOnlyList<NamedLayer> layers = NamedLayer.Read(new StringReader("\n# all\n a 2 8 9 4 6 3 1 1 1 # here\n"), "list");
        Assert.Equal(new NamedLayer("a", new ConvShape(2, 8, 9, 4, 6, 3, 3, 1, 1)), Assert.Single(layers));
    }

    private static void Wait(ref int calls, int turns)
    {
        calls++;
        Thread.SpinWait(turns);
    }
}
