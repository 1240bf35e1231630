using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;
using LowBit.Methods.GradFreeBits;
using LowBit.Nn.Checkpoints;
using Xunit;

namespace LowBit.Methods.Tests.GradFreeBits;

public sealed class SensitivityStartTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_start_is_the_better_of_trained_and_greedy_bits_on_further_images(int limit)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        var costs = new CostModel(space);
        AllocationCost most = costs.Of(space.Uniform(limit, limit));
        var budget = new Budget(most.Bytes, most.ActivationBytes);
        CandidateBatch[] batches = [CandidateBatch.Read(Samples.Train(), 0), CandidateBatch.Read(Samples.Train(), 1)];
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2));
        BitAllocation trained = space.Uniform(4, 4);
        CandidateBatch[] further = [CandidateBatch.Read(Samples.Train(), 2), CandidateBatch.Read(Samples.Train(), 3)];
        BitAllocation start = new SensitivityStart(evaluator, costs, batches, further).Find([trained, space.Uniform(2, 4), space.Uniform(2, 2)], budget);
        Assert.True(budget.Holds(costs.Of(start)));
        Assert.True(space.Contains(start));
        BitAllocation[] others =
        [
            BudgetRepair.Run(trained, costs, budget),
            BudgetRepair.Run(space.Uniform(2, 4), costs, budget),
            space.Uniform(2, 2),
            SensitivityTable.Measure(evaluator, batches).Greedy(costs, budget),
        ];
        Assert.Contains(start, others);
        Assert.All(others, other => Assert.True(Loss(evaluator, start, further) <= Loss(evaluator, other, further)));
    }

    [Fact]
    public void Greedy_bits_leave_no_room_that_would_lower_the_loss()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        var costs = new CostModel(space);
        CandidateBatch[] batches = [CandidateBatch.Read(Samples.Train(), 0)];
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
        SensitivityTable table = SensitivityTable.Measure(evaluator, batches);
        AllocationCost low = costs.Of(space.Uniform(2, 2)), high = costs.Of(space.Uniform(6, 6));
        for (int step = 0; step <= 10; step++)
        {
            var budget = new Budget(low.Bytes + ((high.Bytes - low.Bytes) * step / 10), low.ActivationBytes + ((high.ActivationBytes - low.ActivationBytes) * step / 10));
            BitAllocation greedy = table.Greedy(costs, budget);
            Assert.True(budget.Holds(costs.Of(greedy)));
            for (int v = 0; v < space.Variables.Count; v++)
            {
                foreach (int width in space.Variables[v].Widths.Where(width => width > greedy[v] && table[v, width] < table[v, greedy[v]]))
                {
                    Assert.False(budget.Holds(costs.Of(greedy.With(v, width))));
                }
            }
        }

        Assert.Throws<ArgumentException>(() => table.Greedy(costs, new Budget(low.Bytes - 1)));
    }

    private static double Loss(CandidateEvaluator evaluator, BitAllocation bits, IReadOnlyList<CandidateBatch> batches)
    {
        CandidateJob[] jobs = [.. batches.Select(batch => new CandidateJob(batch, [bits]))];
        evaluator.Run(jobs);
        return jobs.Average(static job => job.Losses[0]);
    }
}
