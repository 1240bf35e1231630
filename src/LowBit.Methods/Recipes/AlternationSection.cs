using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>alternation</c> part of a search recipe: epochs of training between the gradient-free rounds.</summary>
public sealed record AlternationSection
{
    /// <summary>
    /// Epochs at the recipe's own bits before the first round. With 0 the weights stay as they are and some batches find the first steps of all widths: then no bits have the edge
    /// of being the trained ones, and the model must be a trained float model.
    /// </summary>
    public int WarmUpEpochs { get; set; } = 2;

    /// <summary>Gradient-free rounds, 1 or more; 1 is the ablation without alternation.</summary>
    public int Rounds { get; set; } = 2;

    /// <summary>Epochs after each round but the last, at the bits that it chose; 1 or more.</summary>
    public int EpochsPerRound { get; set; } = 1;

    /// <summary>Epochs at the chosen bits after the last round, 1 or more.</summary>
    public int FinalEpochs { get; set; } = 4;

    /// <summary>Factor on the learning rate between the rounds, above 0.</summary>
    public double RoundLearningRate { get; set; } = 0.5;

    /// <summary>How the learning rates of the stretches follow each other.</summary>
    public AlternationSchedule Schedule { get; set; } = AlternationSchedule.Restart;

    /// <summary>Epochs of training in all.</summary>
    public int TotalEpochs() => WarmUpEpochs + ((Rounds - 1) * EpochsPerRound) + FinalEpochs;

    internal void Validate()
    {
        Demand.Range("alternation.warmUpEpochs", WarmUpEpochs, 0, 100_000);
        Demand.Range("alternation.rounds", Rounds, 1, 1000);
        Demand.Range("alternation.epochsPerRound", EpochsPerRound, 1, 100_000);
        Demand.Range("alternation.finalEpochs", FinalEpochs, 1, 100_000);
        Demand.Positive("alternation.roundLearningRate", RoundLearningRate);
    }
}
