using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Nn.Training;

/// <summary>Host memory for one batch, used again for every batch.</summary>
internal sealed class BatchBuffers
{
    private readonly IBatchSource _source;
    private readonly float[] _images;
    private readonly int[] _labels;
    private readonly int[] _partners;
    private readonly float[] _logits;

    public BatchBuffers(IBatchSource source)
    {
        _source = source;
        _images = new float[checked(source.BatchSize * source.Height * source.Width * source.Channels)];
        _labels = new int[source.BatchSize];
        _partners = new int[source.BatchSize];
        _logits = new float[source.BatchSize * source.Classes];
    }

    /// <summary>Images of the loaded batch.</summary>
    public int Count { get; private set; }

    /// <summary>Labels of the loaded batch.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    /// <summary>Labels of the images that were mixed in; the same as <see cref="Labels"/> without MixUp.</summary>
    public ReadOnlySpan<int> Partners => _partners.AsSpan(0, Count);

    /// <summary>Share of the labels, 0 to 1; the partners have the rest. 1 without MixUp.</summary>
    public float Share { get; private set; } = 1;

    /// <summary>Fetches a batch, mixes it where asked, and copies it to the device, <c>[n, H, W, C]</c>.</summary>
    public Tensor Load(Device device, int epoch, int batch, MixUp? mixUp = null)
    {
        Count = _source.Fill(epoch, batch, _images, _labels);
        if (Count < 1 || Count > _source.BatchSize)
        {
            throw new ArgumentException($"batch {batch} of epoch {epoch} holds {Count} images; a source gives 1 to {_source.BatchSize}");
        }

        foreach (int label in Labels)
        {
            if ((uint)label >= (uint)_source.Classes)
            {
                throw new ArgumentException($"batch {batch} of epoch {epoch} holds label {label}; labels are 0 to {_source.Classes - 1}");
            }
        }

        int length = Count * _source.Height * _source.Width * _source.Channels;
        Labels.CopyTo(_partners);
        Share = mixUp?.Share(epoch, batch) ?? 1;
        if (mixUp is not null)
        {
            _partners.AsSpan(0, Count).Reverse();
            MixUp.Mix(_images.AsSpan(0, length), Count, Share);
        }

        return Tensor.FromArray(device, _images.AsSpan(0, length), Count, _source.Height, _source.Width, _source.Channels);
    }

    /// <summary>Images whose largest logit is that of their label, or of their partner's where that has the larger share.</summary>
    public int CountCorrect(Tensor logits)
    {
        if (logits.Length != Count * _source.Classes)
        {
            throw new ArgumentException($"the model gives logits {logits.Shape} for {Count} images of {_source.Classes} classes; build it with as many classes");
        }

        logits.CopyTo(_logits);
        return Evaluator.CountCorrect(_logits.AsSpan(0, logits.Length), Share >= 0.5f ? Labels : Partners);
    }
}
