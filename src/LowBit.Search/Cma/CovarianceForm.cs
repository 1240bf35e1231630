namespace LowBit.Search.Cma;

/// <summary>Which covariance matrices the search may learn.</summary>
public enum CovarianceForm
{
    /// <summary>Full up to 200 free coordinates, diagonal above.</summary>
    Auto,

    /// <summary>Any: memory n², time per point n², per generation n³.</summary>
    Full,

    /// <summary>Diagonal only (sep-CMA-ES): everything is linear in n, but dependencies between coordinates are not learned.</summary>
    Diagonal,
}
