using LowBit.Nn.Training;

namespace LowBit.Methods.Candidates;

/// <summary>Images on which candidates are judged, on the host so that every worker can read them.</summary>
public sealed class CandidateBatch
{
    private CandidateBatch(int index, IBatchSource source, float[] images, int[] labels)
    {
        Index = index;
        Images = images;
        Labels = labels;
        (Height, Width, Channels) = (source.Height, source.Width, source.Channels);
    }

    /// <summary>Number of the batch in the stream, from 0.</summary>
    public int Index { get; }

    /// <summary>Normalised images <c>[n, height, width, channels]</c>.</summary>
    public ReadOnlyMemory<float> Images { get; }

    /// <summary>Their n classes.</summary>
    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>Image rows.</summary>
    public int Height { get; }

    /// <summary>Image columns.</summary>
    public int Width { get; }

    /// <summary>Image channels.</summary>
    public int Channels { get; }

    /// <summary>Reads batch <paramref name="index"/> of the endless stream that the epochs of a source make.</summary>
    /// <param name="source">Training images, shuffled anew in every epoch, without incomplete batches.</param>
    /// <param name="index">From 0.</param>
    public static CandidateBatch Read(IBatchSource source, int index)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var images = new float[checked(source.BatchSize * source.Height * source.Width * source.Channels)];
        var labels = new int[source.BatchSize];
        int count = source.Fill(index / source.Batches, index % source.Batches, images, labels);
        return new CandidateBatch(index, source, images[..(images.Length / source.BatchSize * count)], labels[..count]);
    }
}
