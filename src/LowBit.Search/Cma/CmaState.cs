namespace LowBit.Search.Cma;

/// <summary>What the stop criteria look at: the distribution after a generation.</summary>
internal readonly record struct CmaState(long Generation, double Sigma, double[] Mean, double[] Path, ICovariance Covariance);
