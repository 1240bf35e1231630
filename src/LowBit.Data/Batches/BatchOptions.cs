using LowBit.Data.Augmentation;

namespace LowBit.Data.Batches;

/// <summary>How batches are made from a set.</summary>
/// <param name="BatchSize">Images per batch, at least 1; the last batch of an epoch may be smaller unless dropped.</param>
/// <param name="Shuffle">True: a new order every epoch, from the seed.</param>
/// <param name="Augmentation">What is done to the images.</param>
/// <param name="Normalization">Pixels to network input.</param>
/// <param name="Seed">The user's seed.</param>
/// <param name="DropLast">True: an incomplete last batch is left out (batch statistics of few images are poor).</param>
public sealed record BatchOptions(
    int BatchSize,
    bool Shuffle,
    AugmentationOptions Augmentation,
    Normalization Normalization,
    ulong Seed = 1,
    bool DropLast = false);
