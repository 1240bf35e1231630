namespace LowBit.Nn.Recipes;

/// <summary>The <c>data</c> part of a recipe.</summary>
public sealed record DataSection
{
    /// <summary>The most images of a batch, training or evaluation.</summary>
    public const int MostBatch = 65536;

    /// <summary>Name of the data set: <c>glyphs</c>, <c>mnist</c>, <c>fashion-mnist</c>, <c>cifar10</c>, <c>cifar100</c>, or <c>folder:PATH</c>.</summary>
    public string Set { get; set; } = "glyphs";

    /// <summary>Images of a training batch, 2 or more.</summary>
    public int Batch { get; set; } = 128;

    /// <summary>Images of an evaluation batch, 1 or more; no influence on the result.</summary>
    public int EvaluationBatch { get; set; } = 200;

    /// <summary>Pixels of padding in front of a random crop to the old size, 0 for none: shifts by up to as many pixels.</summary>
    public int Pad { get; set; }

    /// <summary>True to mirror half of the training images.</summary>
    public bool Flip { get; set; }

    /// <summary>MixUp's α: each image is mixed with another one of its batch by λ ~ Beta(α, α); 0 for none, else 0.001 to 1000.</summary>
    public double MixUp { get; set; }

    /// <summary>Use only the first this many training images; 0 for all.</summary>
    public int TrainImages { get; set; }

    /// <summary>Use only the first this many test images; 0 for all.</summary>
    public int TestImages { get; set; }

    /// <summary>Mean of each channel, 0 to 1, by which images are normalised; null for the set's own. Weights from elsewhere expect the normalisation they were trained with.</summary>
    public float[]? Mean { get; set; }

    /// <summary>Deviation of each channel, above 0; given together with <see cref="Mean"/>.</summary>
    public float[]? Deviation { get; set; }

    internal void Validate()
    {
        Demand.Text("data.set", Set);
        Demand.Range("data.batch", Batch, 2, MostBatch);
        Demand.Range("data.evaluationBatch", EvaluationBatch, 1, MostBatch);
        Demand.Range("data.pad", Pad, 0, 64);
        if (!(MixUp == 0 || (MixUp >= 0.001 && MixUp <= 1000)))
        {
            throw new ArgumentException($"data.mixUp is {MixUp}; it must be 0 for none, or 0.001 to 1000");
        }

        if (Mean?.Length != Deviation?.Length || !(Deviation ?? [1]).All(static d => d > 0 && float.IsFinite(d)) || !(Mean ?? []).All(float.IsFinite))
        {
            throw new ArgumentException("data.mean and data.deviation go together: a finite mean and a deviation above 0 for each channel, for example [0.5] and [0.25]");
        }

        Demand.Range("data.trainImages", TrainImages, 0, int.MaxValue);
        Demand.Range("data.testImages", TestImages, 0, int.MaxValue);
    }
}
