namespace LowBit.Nn.Training;

/// <summary>Where a run stands: the next batch to train on, and what was summed in its epoch so far.</summary>
public sealed record TrainingPosition
{
    /// <summary>Epoch of the next batch, from 0; the number of epochs when the run is done.</summary>
    public int Epoch { get; set; }

    /// <summary>Next batch of that epoch, from 0.</summary>
    public int Batch { get; set; }

    /// <summary>Stage of progressive lowering that the state belongs to, from 0; 0 without it.</summary>
    public int Stage { get; set; }

    /// <summary>Sum of loss·images over the epoch's batches so far.</summary>
    public double LossSum { get; set; }

    /// <summary>Images classified rightly in the epoch so far, in training mode.</summary>
    public long Correct { get; set; }

    /// <summary>Images seen in the epoch so far.</summary>
    public long Seen { get; set; }

    /// <summary>Best test accuracy so far, 0 to 1; −1 before the first evaluation, and of the present stage alone in progressive lowering.</summary>
    public double BestAccuracy { get; set; } = -1;

    /// <summary>Epoch of <see cref="BestAccuracy"/>, from 0.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Test accuracy of the last evaluation, 0 to 1; −1 before the first.</summary>
    public double LastAccuracy { get; set; } = -1;

    /// <summary>Seconds spent in training, over all sessions.</summary>
    public double Seconds { get; set; }

    internal void Validate()
    {
        if (Epoch < 0 || Batch < 0 || Stage < 0 || Seen < 0 || Correct < 0 || Correct > Seen)
        {
            throw new ArgumentException($"the position epoch {Epoch}, batch {Batch}, {Correct} of {Seen} images is none that training writes");
        }
    }
}
