namespace LowBit.Search.Boxes;

/// <summary>How the normal distribution of an evolution strategy lives with bounds.</summary>
public enum BoundsHandling
{
    /// <summary>The distribution is unbounded and a smooth periodic map folds it into the box (pycma's default).</summary>
    Transform,

    /// <summary>Points outside are drawn again, up to 100 times, then clipped. Good when the optimum is not near a corner.</summary>
    Resample,

    /// <summary>Points outside are clipped for evaluation and pay an adaptive quadratic penalty for the distance.</summary>
    Penalty,
}
