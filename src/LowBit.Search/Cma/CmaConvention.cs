namespace LowBit.Search.Cma;

/// <summary>Whose default constants: the two differ by a few percent in speed.</summary>
public enum CmaConvention
{
    /// <summary>pycma 4: k = 1/4 in c_μ, c_σ with n + μ_eff + 3, and its own faster constants for the diagonal form.</summary>
    Pycma,

    /// <summary>Hansen's tutorial of 2016 (arXiv 1604.00772) and the package cmaes: k = 0, c_σ with n + μ_eff + 5; diagonal form of Ros and Hansen 2008.</summary>
    Tutorial,
}
