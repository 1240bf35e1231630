using LowBit.Methods.Allocation;
using LowBit.Nn;
using LowBit.Nn.Models;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Methods.Candidates;

/// <summary>One worker's copy of the model.</summary>
internal sealed class CandidateReplica : IDisposable
{
    private readonly Module _model;
    private readonly List<CandidateStage> _stages;
    private readonly Quantizer[] _quantizers;
    private readonly BitAllocation _most;
    private readonly float _temperature;
    private Tensor? _target;

    public CandidateReplica(BitSpace space, Module model, NormStatistics norms, double temperature)
    {
        (_model, _most, _temperature) = (model, space.Most(), (float)temperature);
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

    /// <summary>Fills in a job's results.</summary>
    /// <param name="job">The job.</param>
    /// <param name="reference">What <see cref="Reference"/> gives for its batch; null for cross-entropy.</param>
    public void Run(CandidateJob job, float[]? reference)
    {
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            int images = job.Batch.Labels.Length;
            _target = reference is null ? null : Tensor.FromArray(_model.Device, reference, images, reference.Length / images);
            Descend(job, 0, Images(job.Batch), [.. Enumerable.Range(0, job.Candidates.Count)]);
        }
    }

    /// <summary>Logits <c>[n, classes]</c> of the most bits.</summary>
    public float[] Reference(CandidateBatch batch)
    {
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            Tensor x = Images(batch);
            foreach (CandidateStage stage in _stages)
            {
                x = Pass(stage, _most, x);
            }

            return x.ToArray();
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
                Descend(job, stage + 1, Pass(_stages[stage], job.Candidates[part.First()], x), [.. part]);
            }
        }
    }

    private Tensor Images(CandidateBatch batch)
        => Tensor.FromArray(_model.Device, batch.Images.Span, batch.Labels.Length, batch.Height, batch.Width, batch.Channels);

    private Tensor Pass(CandidateStage stage, BitAllocation allocation, Tensor x)
    {
        foreach (int v in stage.Variables)
        {
            _quantizers[v].SelectBits(allocation[v]);
        }

        MultiplyAdds += (double)stage.MultiplyAdds * x.Shape[0];
        return stage.Forward(x);
    }

    private void Judge(CandidateJob job, Tensor logits, List<int> group)
    {
        ReadOnlySpan<int> labels = job.Batch.Labels.Span;
        double loss = (_target is null ? logits.CrossEntropy(labels) : logits.Distillation(_target, _temperature)).Item();
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
}
