using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>The covariance matrix C = B D² Bᵀ of the search distribution, in full or diagonal form.</summary>
internal interface ICovariance
{
    /// <summary>Largest over smallest eigenvalue at the last <see cref="Refresh"/>.</summary>
    double Condition { get; }

    /// <summary>√(largest eigenvalue).</summary>
    double LargestDeviation { get; }

    /// <summary>√C_jj.</summary>
    double Deviation(int j);

    /// <summary>y = B D z.</summary>
    void Color(ReadOnlySpan<double> z, Span<double> y);

    /// <summary>C^(-1/2) y = B D⁻¹ Bᵀ y.</summary>
    void Whiten(ReadOnlySpan<double> y, Span<double> whitened);

    /// <summary>‖C^(-1/2) y‖².</summary>
    double WhitenedSquare(ReadOnlySpan<double> y);

    /// <summary>Column j of B times D_j.</summary>
    void Axis(int j, Span<double> axis);

    /// <summary>C = decay C + c1 p pᵀ + Σ_i weights_i y_i y_iᵀ.</summary>
    void Update(double decay, double c1, ReadOnlySpan<double> path, ReadOnlySpan<double> weights, double[][] steps);

    /// <summary>Multiplies row and column j by <paramref name="factor"/>.</summary>
    void ScaleCoordinate(int j, double factor);

    /// <summary>Makes B and D those of the present C, and C positive definite.</summary>
    void Refresh();

    void Sync(StateArchive archive);
}
