namespace LowBit.Search.Cma;

/// <summary>
/// The constants of (μ/μ_w, λ)-CMA-ES with active covariance: population, weights and learning rates as functions of the dimension.
/// Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772, equations 49 to 58; what pycma does differently is under <see cref="CmaConvention.Pycma"/>.
/// </summary>
public sealed record CmaConstants
{
    private CmaConstants(int dimension, int lambda, double[] raw, double rawPositive)
    {
        Dimension = dimension;
        Lambda = lambda;
        Mu = lambda / 2;
        Weights = Array.ConvertAll(raw, w => w > 0 ? w / rawPositive : w);
        MuEff = Effective(raw.AsSpan(0, Mu));
        MuEffMinus = Effective(raw.AsSpan(Mu));
        ChiN = ExpectedNorm(dimension);
    }

    /// <summary>n.</summary>
    public int Dimension { get; }

    /// <summary>Points per generation.</summary>
    public int Lambda { get; }

    /// <summary>Points whose weighted mean becomes the new mean, ⌊λ/2⌋.</summary>
    public int Mu { get; }

    /// <summary>Recombination weights of the points from best to worst, [λ]: the first μ positive with sum 1, the others ≤ 0.</summary>
    public double[] Weights { get; private init; }

    /// <summary>Variance-effective selection mass of the positive weights.</summary>
    public double MuEff { get; }

    /// <summary>The same of the negative weights.</summary>
    public double MuEffMinus { get; }

    /// <summary>Learning rate of the path of the step size.</summary>
    public double Cs { get; private init; }

    /// <summary>Damping of the step size.</summary>
    public double Ds { get; private init; }

    /// <summary>Learning rate of the path of the covariance.</summary>
    public double Cc { get; private init; }

    /// <summary>Learning rate of the rank-one update.</summary>
    public double C1 { get; private init; }

    /// <summary>Learning rate of the rank-μ update.</summary>
    public double Cmu { get; private init; }

    /// <summary>E‖N(0, I)‖ ≈ √n (1 - 1/(4n) + 1/(21n²)).</summary>
    public double ChiN { get; }

    /// <summary>Σ w_i over all λ weights.</summary>
    public double WeightSum => Weights.Sum();

    /// <summary>λ = 4 + ⌊3 ln n⌋.</summary>
    public static int DefaultLambda(int dimension) => 4 + (int)(3 * Math.Log(dimension));

    /// <summary>√n (1 - 1/(4n) + 1/(21n²)).</summary>
    public static double ExpectedNorm(double n) => Math.Sqrt(n) * (1 - (1 / (4 * n)) + (1 / (21 * n * n)));

    /// <summary>The constants for a dimension and a population.</summary>
    /// <param name="dimension">n ≥ 1.</param>
    /// <param name="lambda">λ ≥ 2.</param>
    /// <param name="convention">Whose defaults.</param>
    /// <param name="diagonal">For the diagonal form, which may learn faster.</param>
    /// <param name="active">False sets the negative weights to 0. (The tutorial's diagonal form has none either.)</param>
    public static CmaConstants For(int dimension, int lambda, CmaConvention convention = CmaConvention.Pycma, bool diagonal = false, bool active = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (lambda < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "a population needs at least 2 points");
        }

        bool pycma = convention == CmaConvention.Pycma;
        bool separable = diagonal && !pycma;
        int mu = lambda / 2;
        double first = separable ? Math.Log(mu + 1) : Math.Log((lambda + 1) / 2.0);
        double[] raw = new double[lambda];
        for (int i = 0; i < lambda; i++)
        {
            raw[i] = first - Math.Log(i + 1);
            raw[i] = (i < mu || !separable) && Math.Abs(raw[i]) > 1e-15 ? raw[i] : 0;
        }

        var basis = new CmaConstants(dimension, lambda, raw, raw.Take(mu).Sum());
        double n = dimension, eff = basis.MuEff;
        (double c1, double cmu, double cc) = diagonal ? DiagonalRates(n, eff, pycma) : FullRates(n, eff, lambda, pycma);
        double cs = (eff + 2) / (n + eff + (pycma || separable ? 3 : 5));
        double negative = -raw.Where(w => w < 0).Sum();
        double limit = Math.Min(Math.Min(1 + (c1 / cmu), 1 + (2 * basis.MuEffMinus / (eff + 2))), (1 - c1 - cmu) / (n * cmu));
        return basis with
        {
            Weights = Array.ConvertAll(basis.Weights, w => w >= 0 ? w : active ? limit * w / negative : 0),
            Cs = cs,
            Ds = 1 + (2 * Math.Max(0, Math.Sqrt((eff - 1) / (n + 1)) - 1)) + cs,
            Cc = cc,
            C1 = c1,
            Cmu = cmu,
        };
    }

    private static (double C1, double Cmu, double Cc) FullRates(double n, double eff, int lambda, bool pycma)
    {
        double c1 = 2 / (((n + 1.3) * (n + 1.3)) + eff) * (pycma ? Math.Min(1, lambda / 6.0) : 1);
        double cmu = Math.Min(1 - c1, 2 * ((pycma ? 0.25 : 0) + eff - 2 + (1 / eff)) / (((n + 2) * (n + 2)) + eff));
        return (c1, cmu, (4 + (eff / n)) / (n + 4 + (2 * eff / n)));
    }

    private static (double C1, double Cmu, double Cc) DiagonalRates(double n, double eff, bool pycma)
    {
        double root = Math.Sqrt(n);
        if (pycma)
        {
            double fast = 1 / (n + (2 * root) + (eff / n));
            return (fast, Math.Min(1 - fast, (0.25 + eff + (1 / eff) - 2) / (n + (4 * root) + (eff / 2))), (1 + (1 / n) + (eff / n)) / (root + (1 / n) + (2 * eff / n)));
        }

        double c1 = 2 / (((n + 1.3) * (n + 1.3)) + eff);
        double cmu = (n + 2) / 3 * ((2 / (eff * (n + Math.Sqrt(2)) * (n + Math.Sqrt(2)))) + ((1 - (1 / eff)) * Math.Min(1, ((2 * eff) - 1) / (((n + 2) * (n + 2)) + eff))));
        return (c1, Math.Min(1 - c1, cmu), 4 / (n + 4));
    }

    private static double Effective(ReadOnlySpan<double> weights)
    {
        double sum = 0, squares = 0;
        foreach (double w in weights)
        {
            sum += w;
            squares += w * w;
        }

        return squares > 0 ? sum * sum / squares : 0;
    }
}
