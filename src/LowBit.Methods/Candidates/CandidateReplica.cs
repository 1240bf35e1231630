using LowBit.Methods.Allocation;
using LowBit.Nn;
using LowBit.Nn.Losses;
using LowBit.Nn.Models;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Methods.Candidates;

/// <summary>One worker's copy of the model.</summary>
internal sealed class CandidateReplica : IDisposable
{
    private readonly Module _model;
    private readonly List<CandidateStage> _stages;
    private readonly Quantizer[] _quantizers;
    private readonly CrossEntropyLoss _loss = new();

    public CandidateReplica(BitSpace space, Module model, NormStatistics norms)
    {
        _model = model;
        _model.Train(norms == NormStatistics.Batch);
        Dictionary<string, Quantizer> quantizers = model.Quantizers().ToDictionary(entry => entry.Path, entry => entry.Quantizer);
        _quantizers = new Quantizer[space.Variables.Count];
        for (int v = 0; v < _quantizers.Length; v++)
        {
            BitVariable variable = space.Variables[v];
            if (!quantizers.TryGetValue(variable.Path, out Quantizer? quantizer) || !quantizer.Widths.SequenceEqual(variable.Widths))
            {
                throw new ArgumentException($"the checkpoint has no quantizer {variable.Path} of {string.Join(", ", variable.Widths)} bits; it is of another model", nameof(model));
            }

            _quantizers[v] = quantizer;
        }

        // Weights rest: each is quantized once for each width.
        foreach (QuantizedLayer layer in QuantizedLayers.Of(model))
        {
            layer.Weights.KeepsResults = true;
        }

        _stages = CandidateStage.Cut(model, space);
    }

    /// <summary>Multiply-adds done so far.</summary>
    public double MultiplyAdds { get; private set; }

    public void Run(CandidateJob job)
    {
        CandidateBatch batch = job.Batch;
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            Tensor images = Tensor.FromArray(_model.Device, batch.Images.Span, batch.Labels.Length, batch.Height, batch.Width, batch.Channels);
            Descend(job, 0, images, [.. Enumerable.Range(0, job.Candidates.Count)]);
        }
    }

    public void Dispose() => _model.Dispose();

    // All candidates of the group agree on the stages before this one.
    private void Descend(CandidateJob job, int stage, Tensor x, List<int> group)
    {
        if (stage == _stages.Count)
        {
            Judge(job, x, group);
            return;
        }

        foreach (IGrouping<string, int> part in group.GroupBy(candidate => Choice(_stages[stage], job.Candidates[candidate])))
        {
            using (TensorScope.Begin())
            {
                Select(_stages[stage], job.Candidates[part.First()]);
                Tensor y = _stages[stage].Forward(x);
                MultiplyAdds += (double)_stages[stage].MultiplyAdds * job.Batch.Labels.Length;
                Descend(job, stage + 1, y, [.. part]);
            }
        }
    }

    private void Judge(CandidateJob job, Tensor logits, List<int> group)
    {
        ReadOnlySpan<int> labels = job.Batch.Labels.Span;
        double loss = _loss.Of(logits, labels).Item();
        int correct = Evaluator.CountCorrect(logits.ToArray(), labels);
        foreach (int candidate in group)
        {
            // A candidate that overflows is the worst of all, not an error.
            job.Losses[candidate] = double.IsNaN(loss) ? double.PositiveInfinity : loss;
            job.Correct[candidate] = correct;
        }
    }

    private static string Choice(CandidateStage stage, BitAllocation allocation)
        => string.Create(stage.Variables.Length, (stage, allocation), static (digits, from) =>
        {
            for (int i = 0; i < digits.Length; i++)
            {
                digits[i] = from.allocation.Digits[from.stage.Variables[i]];
            }
        });

    private void Select(CandidateStage stage, BitAllocation allocation)
    {
        foreach (int v in stage.Variables)
        {
            _quantizers[v].SelectBits(allocation[v]);
        }
    }
}
