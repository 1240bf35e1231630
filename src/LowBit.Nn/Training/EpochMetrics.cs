namespace LowBit.Nn.Training;

/// <summary>One line of <c>metrics.jsonl</c>: what an epoch gave.</summary>
public sealed record EpochMetrics
{
    /// <summary>Epochs done, from 1.</summary>
    public int Epoch { get; set; }

    /// <summary>Optimiser steps done.</summary>
    public long Step { get; set; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Mean training loss, in training mode.</summary>
    public double TrainLoss { get; set; }

    /// <summary>
    /// Share of training images classified rightly while training, 0 to 1: augmented, in training mode, each by the weights of its
    /// step. With MixUp an image counts by the label with the larger share, so this is no measure of how well the images are known.
    /// </summary>
    public double TrainAccuracy { get; set; }

    /// <summary>Mean test loss without smoothing; null when the epoch was not evaluated.</summary>
    public double? TestLoss { get; set; }

    /// <summary>Share of test images classified rightly, 0 to 1; null when the epoch was not evaluated.</summary>
    public double? TestAccuracy { get; set; }

    /// <summary>Bits that the epoch was trained with, ends and residual stream included; null for float32.</summary>
    public string? Bits { get; set; }

    /// <summary>Training images per second, evaluation not counted; of this session's part of the epoch.</summary>
    public double ImagesPerSecond { get; set; }

    /// <summary>Seconds since the start of the run, over all sessions.</summary>
    public double Seconds { get; set; }
}
