using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.Training;

/// <summary>The quantizers of several widths of a model in training.</summary>
internal sealed class SwitchableWidths
{
    private readonly WidthJitter? _jitter;
    private readonly List<(string Path, Quantizer Quantizer)> _quantizers;
    private readonly int[] _selected;
    private readonly List<Tensor> _learned;

    /// <summary>Finds the quantizers.</summary>
    /// <exception cref="ArgumentException">Widths shall move, and there are no quantizers of several widths.</exception>
    public SwitchableWidths(Module model, WidthJitter? jitter)
    {
        _jitter = jitter;
        _quantizers = [.. model.Quantizers().Where(q => q.Quantizer.Widths.Count > 1)];
        _selected = new int[_quantizers.Count];
        _learned = [.. _quantizers.SelectMany(q => q.Quantizer.Parameters()).Select(p => p.Tensor)];
        if (jitter is not null && _quantizers.Count == 0)
        {
            throw new ArgumentException("quantization.widthJitter needs quantizers of several widths, and the model has none; build it with quantization.widths", nameof(jitter));
        }
    }

    /// <summary>Takes the widths of a step.</summary>
    public void Move(int epoch, int batch)
    {
        for (int i = 0; _jitter is not null && i < _selected.Length; i++)
        {
            (string path, Quantizer quantizer) = _quantizers[i];
            _selected[i] = quantizer.Bits;
            quantizer.SelectBits(_jitter.Choose(path, quantizer.Widths, quantizer.Bits, epoch, batch));
        }
    }

    /// <summary>Goes back to the widths in front of <see cref="Move"/>.</summary>
    public void Return()
    {
        for (int i = 0; _jitter is not null && i < _selected.Length; i++)
        {
            _quantizers[i].Quantizer.SelectBits(_selected[i]);
        }
    }

    /// <summary>
    /// In front of a backward pass: what belongs to widths that it does not reach has no gradient then, so that momentum and decay leave it alone, and a resumed run,
    /// which starts without gradients, treats it like an uninterrupted one.
    /// </summary>
    public void DropGradients()
    {
        foreach (Tensor tensor in _learned)
        {
            tensor.DropGradient();
        }
    }
}
