namespace LowBit.Search.Cma;

/// <summary>What keeps coordinates with a list of values from freezing once the step size is below their spacing.</summary>
public enum IntegerHandling
{
    /// <summary>CMA-ES with Margin (Hamano et al. 2022, arXiv 2205.13482): the chance to leave the present value never falls below a margin.</summary>
    Margin,

    /// <summary>Hansen's integer mutation (INRIA RR-7751, 2011): some points of each generation get whole extra steps.</summary>
    Mutation,

    /// <summary>Plain rounding; the yardstick.</summary>
    Rounding,
}
