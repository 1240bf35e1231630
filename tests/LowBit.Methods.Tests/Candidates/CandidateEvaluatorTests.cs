using LowBit.Kernels.Devices;
using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Losses;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Quantization;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Methods.Tests.Candidates;

public sealed class CandidateEvaluatorTests
{
    public static TheoryData<string, NormStatistics> Models
    {
        get
        {
            var data = new TheoryData<string, NormStatistics>();
            foreach (string model in (string[])[
                """{ "kind": "resnet", "depth": 8, "width": 4 }""", """{ "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" }""",
                """{ "kind": "vgg7", "width": 4 }""", """{ "kind": "mlp", "hidden": [12, 8, 8] }""", """{ "kind": "mobilenetv2", "multiplier": 0.1 }"""])
            {
                data.Add(model, NormStatistics.Batch);
                data.Add(model, NormStatistics.Running);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Candidates_have_the_losses_of_ordinary_models_of_their_bits(string architecture, NormStatistics norms)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model(architecture);
        IReadOnlyList<BitAllocation> candidates = Samples.Allocations(space, 4);
        CandidateBatch batch = CandidateBatch.Read(Samples.Train(), 3);
        using var evaluator = new CandidateEvaluator(space, checkpoint, norms, Samples.Workers(1));
        var job = new CandidateJob(batch, candidates);
        evaluator.Run([job]);
        for (int i = 0; i < candidates.Count; i++)
        {
            double expected = OfOrdinaryModel(checkpoint, space, candidates[i], batch, norms, logits => new CrossEntropyLoss().Of(logits, batch.Labels.Span).Item());
            Assert.Equal(expected, job.Losses[i]);
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(4.0)]
    public void The_divergence_is_that_of_ordinary_models_from_one_of_the_most_bits(double temperature)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        BitAllocation[] candidates = [space.Most(), .. Samples.Allocations(space, 4).Where(bits => bits != space.Most())];
        CandidateBatch batch = CandidateBatch.Read(Samples.Train(), 3);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2), temperature);
        CandidateJob[] jobs = [new(batch, candidates), new(batch, candidates)];
        evaluator.Run(jobs);
        double[][] most = Logits(candidates[0]);

        // Logarithms of probabilities at logits below 20 are right to 5e-6 in single precision, each of two of them.
        double bound = temperature * temperature * 1e-5;
        Assert.Equal(0, jobs[0].Losses[0]);
        for (int i = 1; i < candidates.Length; i++)
        {
            double expected = temperature * temperature * most.Zip(Logits(candidates[i]), Kl).Average();
            Assert.True(expected > 20 * bound, $"the divergence of {candidates[i].Digits} is {expected}, too small to tell anything");
            Assert.Equal(expected, jobs[0].Losses[i], bound);
        }

        Assert.Equal(jobs[0].Losses, jobs[1].Losses);

        double[][] Logits(BitAllocation bits) => OfOrdinaryModel(
            checkpoint, space, bits, batch, NormStatistics.Batch, logits => logits.ToArray().Select(static z => (double)z).Chunk(logits.Shape[1]).ToArray());

        double Kl(double[] p, double[] q)
        {
            (double sumP, double sumQ) = (p.Sum(z => Math.Exp(z / temperature)), q.Sum(z => Math.Exp(z / temperature)));
            return p.Zip(q, (a, b) => Math.Exp(a / temperature) / sumP * (((a - b) / temperature) + Math.Log(sumQ / sumP))).Sum();
        }
    }

    [Fact]
    public void Losses_depend_neither_on_workers_nor_on_company() => Check(null);

    [Fact]
    public void Divergences_depend_neither_on_workers_nor_on_company() => Check(4);

    private static void Check(double? temperature)
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        IReadOnlyList<BitAllocation> candidates = Samples.Allocations(space, 8);
        CandidateBatch[] batches = [.. Enumerable.Range(0, 5).Select(static index => CandidateBatch.Read(Samples.Train(), index))];
        var together = Run(1, [candidates]);
        Assert.Equal(together, Run(3, [candidates]));
        Assert.Equal(together, Run(2, [.. candidates.Select(static candidate => (IReadOnlyList<BitAllocation>)[candidate])]));

        // One row for each batch: losses in the order of the candidates.
        List<double> Run(int workers, IReadOnlyList<IReadOnlyList<BitAllocation>> groups)
        {
            using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(workers), temperature);
            CandidateJob[] jobs = [.. batches.SelectMany(batch => groups.Select(group => new CandidateJob(batch, group)))];
            evaluator.Run(jobs);
            return [.. jobs.SelectMany(static job => job.Losses)];
        }
    }

    [Fact]
    public void Common_beginnings_run_once()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        CandidateBatch batch = CandidateBatch.Read(Samples.Train(), 0);
        BitAllocation one = space.Uniform(4, 4);
        Assert.Equal(1, Passes(one), 1e-9);
        // The last block differs, and the classifier behind it.
        double total = space.Layers.Sum(static slot => slot.MultiplyAdds);
        double tail = space.Layers.Where(static slot => slot.Path.StartsWith("layer3", StringComparison.Ordinal) || slot.Path == "linear").Sum(static slot => slot.MultiplyAdds);
        Assert.Equal(1 + (tail / total), Passes(one, one.With(one.Count - 1, 2)), 1e-9);
        // The first block differs: everything but the stem.
        double stem = space.Layers[0].MultiplyAdds;
        Assert.Equal(2 - (stem / total), Passes(one, one.With(0, 2)), 1e-9);

        double Passes(params BitAllocation[] candidates)
        {
            using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(1));
            evaluator.Run([new CandidateJob(batch, candidates)]);
            return evaluator.ImagePasses / batch.Labels.Length;
        }
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        (Checkpoint checkpoint, _) = Samples.Model();
        (_, BitSpace other) = Samples.Model("""{ "kind": "mlp", "hidden": [12, 8, 8] }""");
        Assert.ThrowsAny<ArgumentException>(() => new CandidateEvaluator(other, checkpoint, NormStatistics.Batch, Samples.Workers(1)));
        Assert.Throws<ArgumentException>(() => new CandidateEvaluator(other, checkpoint, NormStatistics.Batch, []));
    }

    [Fact]
    public void A_failure_in_a_worker_reaches_the_caller()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        CandidateBatch batch = CandidateBatch.Read(Samples.Train(), 0);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2));
        var wrong = new CandidateJob(batch, [space.Uniform(4, 4).With(0, 5)]);
        Assert.ThrowsAny<ArgumentException>(() => evaluator.Run([wrong, wrong, wrong]));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => evaluator.Run([wrong, wrong], stop.Token));
    }

    [Fact]
    public void Sensitivity_is_the_growth_of_the_loss()
    {
        (Checkpoint checkpoint, BitSpace space) = Samples.Model();
        CandidateBatch batch = CandidateBatch.Read(Samples.Train(), 1);
        using var evaluator = new CandidateEvaluator(space, checkpoint, NormStatistics.Batch, Samples.Workers(2));
        BitAllocation most = space.Uniform(6, 6);
        SensitivityTable table = SensitivityTable.Measure(evaluator, [batch]);
        var job = new CandidateJob(batch, [most, most.With(3, 2)]);
        evaluator.Run([job]);
        Assert.Equal(job.Losses[1] - job.Losses[0], table[3, 2]);
        Assert.Equal(0, table[3, 6]);
        var costs = new CostModel(space);
        AllocationCost limit = costs.Of(space.Uniform(3, 3));
        var budget = new Budget(limit.Bytes, BitOperations: limit.BitOperations);
        BitAllocation greedy = table.Greedy(costs, budget);
        Assert.True(budget.Holds(costs.Of(greedy)));
        Assert.True(space.Contains(greedy));
        BitAllocation free = table.Greedy(costs, new Budget());
        Assert.All(Enumerable.Range(0, free.Count), v => Assert.Equal(space.Variables[v].Widths.Min(width => table[v, width]), table[v, free[v]]));
    }

    private static T OfOrdinaryModel<T>(
        Checkpoint checkpoint, BitSpace space, BitAllocation bits, CandidateBatch batch, NormStatistics norms, Func<Tensor, T> value)
    {
        Recipe recipe = checkpoint.Recipe!;
        recipe = recipe with { Quantization = recipe.Quantization! with { Widths = [], Layers = space.ToLayerBits(bits) } };
        using Module switchable = checkpoint.BuildModel(CpuDevice.Shared);
        Dictionary<string, Quantizer> quantizers = switchable.Quantizers().ToDictionary(static entry => entry.Path, static entry => entry.Quantizer);
        for (int v = 0; v < bits.Count; v++)
        {
            quantizers[space.Variables[v].Path].SelectBits(bits[v]);
        }

        using Module plain = ModelFactory.Build(CpuDevice.Shared, recipe, Samples.Facts);
        Specialization.Copy(switchable, plain);
        plain.Train(norms == NormStatistics.Batch);
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            Tensor images = Tensor.FromArray(CpuDevice.Shared, batch.Images.Span, batch.Labels.Length, batch.Height, batch.Width, batch.Channels);
            return value(plain.Forward(images));
        }
    }
}
