namespace LowBit.Search;

/// <summary>Why a search ended. When several criteria hold at once, the first in this order is reported.</summary>
public enum StopReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The best value reached <see cref="TerminationOptions.Target"/>.</summary>
    Target,

    /// <summary><see cref="TerminationOptions.MaxEvaluations"/> values were told.</summary>
    MaxEvaluations,

    /// <summary>The largest number of generations was reached.</summary>
    MaxGenerations,

    /// <summary><see cref="TerminationOptions.Timeout"/> has passed.</summary>
    Timeout,

    /// <summary>All steps are smaller than <see cref="TerminationOptions.TolX"/>.</summary>
    TolX,

    /// <summary>Values of this generation and of the recent best ones differ by less than <see cref="TerminationOptions.TolFun"/>.</summary>
    TolFun,

    /// <summary>Recent best values differ by less than <see cref="TerminationOptions.TolFunHistory"/>.</summary>
    TolFunHistory,

    /// <summary>A coordinate's standard deviation grew beyond <see cref="TerminationOptions.TolFacUpX"/> times its first one.</summary>
    TolFacUpX,

    /// <summary>The covariance matrix became too ill-conditioned.</summary>
    ConditionCov,

    /// <summary>The best three quarters of a generation had one and the same value, too often.</summary>
    FlatFitness,

    /// <summary>Neither best nor median value improved over a long time.</summary>
    Stagnation,

    /// <summary>The mean hardly moved over a long time.</summary>
    MeanStagnation,

    /// <summary>A step of 0.2 standard deviations along some coordinate does not change the mean.</summary>
    NoEffectCoordinate,

    /// <summary>A step of 0.1 standard deviations along a main axis does not change the mean.</summary>
    NoEffectAxis,

    /// <summary>The step size grew without limit.</summary>
    StepSizeUp,

    /// <summary>All restarts are used up.</summary>
    Restarts,

    /// <summary>A direct search can no longer improve by a step of its tolerance.</summary>
    Converged,
}
