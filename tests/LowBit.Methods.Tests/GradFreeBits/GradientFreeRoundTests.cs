using LowBit.Kernels.Files;
using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;
using LowBit.Methods.GradFreeBits;
using LowBit.Methods.Recipes;
using LowBit.Nn.Checkpoints;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Methods.Tests.GradFreeBits;

public sealed class GradientFreeRoundTests
{
    [Fact]
    public void Super_batches_move_by_r_of_k()
    {
        var batches = new MovingSuperBatch(10, 4, 1);
        Assert.Equal([10, 11, 12, 13], batches.Of(0));
        Assert.Equal([12, 13, 14, 15], batches.Of(2));
        Assert.Equal([10, 11, 12, 13], new MovingSuperBatch(10, 4, 0).Of(5));
    }

    [Theory]
    [InlineData("Margin", "Linear")]
    [InlineData("Mutation", "Exponential")]
    [InlineData("Rounding", "Linear")]
    public void The_choice_is_within_the_budget_and_not_worse_than_the_start(string integers, string parametrization)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        SearchRecipe recipe = Samples.Recipe($"cma.integers={integers}", $"cma.parametrization={parametrization}", "cma.generations=6");
        var costs = new CostModel(space);
        Budget budget = recipe.Budget.ToBudget(costs);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2));
        var table = new LossTable(evaluator, Samples.Train());
        var round = new GradientFreeRound(recipe, costs, new RoundSettings(space.Uniform(3, 3), budget, 6, 1, 0), table, null);
        BitAllocation choice = round.Run();
        Assert.True(budget.Holds(costs.Of(choice)));
        Assert.True(space.Contains(choice));
        Assert.True(round.IsDone);
        Assert.Equal(36, round.State.Evaluations);
        Assert.Equal(6, round.State.History.Length);
        int[] batches = round.State.FinalBatches;
        Assert.True(table.Loss(choice, batches) <= table.Loss(space.Uniform(3, 3), batches));
        Assert.InRange(round.State.ImagePasses / round.State.ImagesAsked, 0.01, 1);
    }

    [Fact]
    public void Without_racing_every_candidate_is_judged_on_all_batches()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        var costs = new CostModel(space);
        var passes = new List<double>();
        foreach (bool racing in (bool[])[false, true])
        {
            SearchRecipe recipe = Samples.Recipe($"evaluation.racing={(racing ? "true" : "false")}", "cma.sigma=2", "cma.generations=4");
            using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
            var table = new LossTable(evaluator, Samples.Train());
            var round = new GradientFreeRound(recipe, costs, new RoundSettings(space.Uniform(3, 3), recipe.Budget.ToBudget(costs), 4, 1, 0), table, null);
            round.Run();
            int fewest = table.All().Min(candidate => table.BatchesOf(candidate).Count);
            Assert.True(racing ? fewest < recipe.Evaluation.Batches : fewest >= recipe.Evaluation.Batches, $"racing {racing}: {fewest} batches");
            passes.Add(round.State.ImagePasses);
        }

        Assert.True(passes[1] < passes[0]);
    }

    [Fact]
    public void The_bits_that_were_trained_are_judged_with_the_finalists()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        SearchRecipe recipe = Samples.Recipe("cma.generations=1");
        var costs = new CostModel(space);
        Budget budget = recipe.Budget.ToBudget(costs);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
        var table = new LossTable(evaluator, Samples.Train());
        BitAllocation trained = space.Uniform(4, 4), inside = BudgetRepair.Run(trained, costs, budget);
        var round = new GradientFreeRound(recipe, costs, new RoundSettings(space.Uniform(2, 2), budget, 1, 1, 0, trained), table, null);
        BitAllocation choice = round.Run();
        Assert.NotEqual(trained, inside);
        Assert.Contains(inside.Digits, round.State.Finalists);
        Assert.True(table.Loss(choice, round.State.FinalBatches) <= table.Loss(inside, round.State.FinalBatches));
    }

    [Fact]
    public void The_objective_is_the_ratio_of_losses_and_the_weighted_excess()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        SearchRecipe recipe = Samples.Recipe("objective.bytesPenalty=2", "objective.activationBytesPenalty=5", "budget.activationBytes=w2a2", "objective.bitOperationsPenalty=3");
        var costs = new CostModel(space);
        AllocationCost two = costs.Of(space.Uniform(2, 2)), three = costs.Of(space.Uniform(3, 3)), six = costs.Of(space.Uniform(6, 6));
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
        var table = new LossTable(evaluator, Samples.Train());
        var round = new GradientFreeRound(recipe, costs, new RoundSettings(space.Uniform(3, 3), recipe.Budget.ToBudget(costs), 1, 1, 0), table, null);
        table.Require([space.Uniform(3, 3), space.Uniform(6, 6)], [0, 1], CancellationToken.None);
        double excess = (5 * ((six.ActivationBytes / two.ActivationBytes) - 1)) + (2 * ((six.Bytes / three.Bytes) - 1)) + (3 * ((six.BitOperations / three.BitOperations) - 1));
        Assert.Equal((table.Loss(space.Uniform(6, 6), [0, 1]) / table.Loss(space.Uniform(3, 3), [0, 1])) + excess, round.Objective(space.Uniform(6, 6), [0, 1]), 1e-12);
        Assert.Equal(1 + (5 * ((three.ActivationBytes / two.ActivationBytes) - 1)), round.Objective(space.Uniform(3, 3), [0, 1]), 1e-12);
    }

    [Fact]
    public void A_start_without_divergence_divides_nothing()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        SearchRecipe recipe = Samples.Recipe("cma.generations=2", "objective.loss=Divergence");
        var costs = new CostModel(space);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1), recipe.Objective.Temperature);
        var table = new LossTable(evaluator, Samples.Train());
        var round = new GradientFreeRound(recipe, costs, new RoundSettings(space.Most(), new Budget(), 2, 1, 0), table, null);
        table.Require([space.Most(), space.Uniform(3, 3)], [0, 1], CancellationToken.None);
        Assert.Equal(0, round.Objective(space.Most(), [0, 1]));
        Assert.Equal(table.Loss(space.Uniform(3, 3), [0, 1]), round.Objective(space.Uniform(3, 3), [0, 1]));
        Assert.True(table.Loss(space.Uniform(3, 3), [0, 1]) > 0);
        Assert.Equal(space.Most(), round.Run());
    }

    [Theory]
    [InlineData("CrossEntropy")]
    [InlineData("Divergence")]
    public void A_round_stopped_after_any_generation_ends_as_if_it_had_not_been(string loss)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        SearchRecipe recipe = Samples.Recipe("cma.generations=4", $"objective.loss={loss}");
        using var whole = new TemporaryFolder();
        RoundState expected = Run(whole.Path, int.MaxValue);
        for (int stopAfter = 1; stopAfter <= 4; stopAfter++)
        {
            using var parts = new TemporaryFolder();
            Assert.Throws<OperationCanceledException>(() => Run(parts.Path, stopAfter));
            RoundState actual = Run(parts.Path, int.MaxValue);
            Assert.Equal(expected.Chosen, actual.Chosen);
            Assert.Equal(expected.Finalists, actual.Finalists);
            Assert.Equal(expected.History, actual.History);
            Assert.Equal(expected.Evaluations, actual.Evaluations);
            Assert.Equal(Text(expected), Text(actual));
        }

        // A kill between the two files of a generation leaves a state that is one ahead of the optimiser.
        using var torn = new TemporaryFolder();
        Assert.Throws<OperationCanceledException>(() => Run(torn.Path, 2));
        byte[] optimizer = File.ReadAllBytes(torn.File("optimizer.bin"));
        Assert.Throws<OperationCanceledException>(() => Run(torn.Path, 1));
        File.WriteAllBytes(torn.File("optimizer.bin"), optimizer);
        RoundState mended = Run(torn.Path, int.MaxValue);
        Assert.Equal(expected.History, mended.History);
        Assert.Equal(Text(expected), Text(mended));

        RoundState Run(string folder, int generations)
        {
            var costs = new CostModel(space);
            using var stop = new CancellationTokenSource();
            using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2), loss == "Divergence" ? recipe.Objective.Temperature : null);
            var round = new GradientFreeRound(
                recipe, costs, new RoundSettings(space.Uniform(3, 3), recipe.Budget.ToBudget(costs), 4, 1, 0), new LossTable(evaluator, Samples.Train()), folder);
            int seen = 0;
            round.Run(new Told(() =>
            {
                if (++seen == generations)
                {
                    stop.Cancel();
                }
            }), stop.Token);
            return RoundState.Read(folder, recipe.Hash())!;
        }

        static string Text(RoundState state) => string.Join(
            "\n", state.Candidates.OrderBy(static c => c.Bits, StringComparer.Ordinal).Select(static c => $"{c.Bits}: {string.Join(" ", c.Batches)}; {string.Join(" ", c.Losses)}; {string.Join(" ", c.Accuracies)}"));
    }

    [Fact]
    public void A_state_of_another_search_or_a_damaged_one_is_refused()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        using var folder = new TemporaryFolder();
        new RoundState { RecipeHash = "of another" }.Write(folder.Path);
        LowBitFormatException error = Assert.Throws<LowBitFormatException>(Take);
        Assert.Contains("another recipe", error.Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("state.json"), "{ \"recipeHash\": ");
        error = Assert.Throws<LowBitFormatException>(Take);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        new RoundState { RecipeHash = Samples.Recipe().Hash(), Candidates = [new ScoredCandidate { Bits = "44" }] }.Write(folder.Path);
        error = Assert.Throws<LowBitFormatException>(Take);
        Assert.Contains("not of this model", error.Message, StringComparison.Ordinal);

        void Take()
        {
            SearchRecipe recipe = Samples.Recipe();
            var costs = new CostModel(space);
            using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
            _ = new GradientFreeRound(
                recipe, costs, new RoundSettings(space.Uniform(3, 3), recipe.Budget.ToBudget(costs), 4, 1, 0), new LossTable(evaluator, Samples.Train()), folder.Path);
        }
    }

    private sealed class Told(Action action) : IProgress<GenerationRecord>
    {
        public void Report(GenerationRecord value) => action();
    }
}
