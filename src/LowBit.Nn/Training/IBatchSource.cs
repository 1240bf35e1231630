namespace LowBit.Nn.Training;

/// <summary>
/// Images and labels in batches. What a batch holds depends on the epoch and the batch number alone, never on what was
/// asked before: that is what makes a resumed run equal an uninterrupted one.
/// </summary>
public interface IBatchSource
{
    /// <summary>Images of one epoch.</summary>
    int Count { get; }

    /// <summary>Images of a full batch.</summary>
    int BatchSize { get; }

    /// <summary>Batches of one epoch; the last may be smaller than the others.</summary>
    int Batches { get; }

    /// <summary>Number of classes.</summary>
    int Classes { get; }

    /// <summary>Image rows.</summary>
    int Height { get; }

    /// <summary>Image columns.</summary>
    int Width { get; }

    /// <summary>Image channels.</summary>
    int Channels { get; }

    /// <summary>Writes one batch, shuffled and augmented as the source was told, normalised.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="batch">From 0 to <see cref="Batches"/> − 1.</param>
    /// <param name="images">Receives <c>[n, Height, Width, Channels]</c>; room for a full batch.</param>
    /// <param name="labels">Receives n class numbers; room for a full batch.</param>
    /// <returns>n, the images of this batch.</returns>
    int Fill(int epoch, int batch, Span<float> images, Span<int> labels);
}
