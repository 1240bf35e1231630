using LowBit.Nn.Recipes;

namespace LowBit.Nn.PostTraining;

/// <summary>The numbers of AdaRound; the defaults are the paper's (arXiv:2004.10568, section 5) but for rate and iterations.</summary>
public sealed record AdaRoundOptions
{
    /// <summary>Optimiser steps for each layer, 1 or more. The paper takes 10,000 with a rate of 0.001.</summary>
    public int Iterations { get; init; } = 2000;

    /// <summary>Adam's learning rate, positive.</summary>
    public double Rate { get; init; } = 0.01;

    /// <summary>Output positions in a step, 1 or more.</summary>
    public int Batch { get; init; } = 512;

    /// <summary>Output positions kept for a layer at most, 1 or more; fewer where a layer's inputs are long.</summary>
    public int Positions { get; init; } = 16384;

    /// <summary>λ of the regulariser, 0 or more.</summary>
    public double Lambda { get; init; } = 0.01;

    /// <summary>β of the regulariser at its start.</summary>
    public double FirstBeta { get; init; } = 20;

    /// <summary>β of the regulariser at its end.</summary>
    public double LastBeta { get; init; } = 2;

    /// <summary>Share of the iterations without regulariser, 0 to below 1.</summary>
    public double WarmUp { get; init; } = 0.2;

    /// <summary>Seed of the positions that are kept.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Throws unless every number is inside its range.</summary>
    /// <exception cref="ArgumentException">The first wrong number, by its name.</exception>
    public void Validate()
    {
        Demand.Range("AdaRound's iterations", Iterations, 1, 1_000_000);
        Demand.Range("AdaRound's batch", Batch, 1, 1 << 20);
        Demand.Range("AdaRound's positions", Positions, 1, 1 << 20);
        Demand.Positive("AdaRound's rate", Rate);
        Demand.NotNegative("AdaRound's lambda", Lambda);
        Demand.Positive("AdaRound's first beta", FirstBeta);
        Demand.Positive("AdaRound's last beta", LastBeta);
        Demand.Share("AdaRound's warm-up", WarmUp);
    }
}
