using LowBit.Nn.Layers;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// A model run over a set of images stage by stage: what enters the next stage is kept for all images, so that a layer can be looked at again
/// and again without running what lies in front of it. A stage is a module of the outermost row, rows inside it taken apart.
/// </summary>
/// <remarks>Memory: input and, while advancing, output of one stage for all images; 64 KiB for an image of ResNet-20.</remarks>
internal sealed class StagedRun : IDisposable
{
    private readonly List<(string Path, Module Module)> _stages = [];
    private readonly Tensor[] _inputs;

    public StagedRun(Module model, IReadOnlyList<Tensor> batches)
    {
        Collect("", model);
        _inputs = [.. batches.Select(batch => batch.Detach().Clone().Persist())];
    }

    /// <summary>The stages in order.</summary>
    public IReadOnlyList<(string Path, Module Module)> Stages => _stages;

    /// <summary>The stage whose inputs are at hand.</summary>
    public int Current { get; private set; }

    public int Batches => _inputs.Length;

    /// <summary>Images in all batches.</summary>
    public int Images => _inputs.Sum(input => input.Shape[0]);

    public bool IsAtEnd => Current == _stages.Count;

    /// <summary>Runs the current stage on one batch, for what its probes see.</summary>
    public void Visit(int batch)
    {
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            _stages[Current].Module.Forward(_inputs[batch]);
        }
    }

    /// <summary>Runs the current stage on all batches with a probe on one of its layers.</summary>
    public void Visit(Module layer, Action<Tensor, Tensor> probe, CancellationToken token)
    {
        layer.Probe = probe;
        try
        {
            for (int b = 0; b < Batches; b++)
            {
                token.ThrowIfCancellationRequested();
                Visit(b);
            }
        }
        finally
        {
            layer.Probe = null;
        }
    }

    /// <summary>Replaces the kept tensors by the outputs of the current stage.</summary>
    public void Advance(CancellationToken token)
    {
        for (int b = 0; b < Batches; b++)
        {
            token.ThrowIfCancellationRequested();
            using (NoGradient.Begin())
            using (TensorScope.Begin())
            {
                // A copy, because a module may return its input.
                Tensor output = _stages[Current].Module.Forward(_inputs[b]).Clone().Persist();
                _inputs[b].Dispose();
                _inputs[b] = output;
            }
        }

        Current++;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _inputs)
        {
            tensor.Dispose();
        }
    }

    private void Collect(string path, Module module)
    {
        if (module is not Sequential row)
        {
            _stages.Add((path, module));
            return;
        }

        foreach ((string name, Module child) in row.Children)
        {
            Collect(path.Length == 0 ? name : $"{path}.{name}", child);
        }
    }
}
