namespace LowBit.TestKit.Oracles;

/// <summary>Derivatives by the numbers of an <see cref="ErrorTape"/>, with error bounds.</summary>
public sealed class Adjoints
{
    private readonly double[] _sum;
    private readonly double[] _magnitude;
    private readonly double[] _error;
    private readonly int[] _terms;

    internal Adjoints(int count)
    {
        _sum = new double[count];
        _magnitude = new double[count];
        _error = new double[count];
        _terms = new int[count];
    }

    /// <summary>The exact derivative.</summary>
    public double Value(Var v) => _sum[v.Index];

    /// <summary>What a float32 evaluation of the derivative may be wrong by.</summary>
    public double Error(Var v) => _error[v.Index];

    internal void Seed(int index, double value) => _sum[index] += value;

    internal void Add(int index, double g, double errorOfG, double slope, double errorOfSlope)
    {
        double term = g * slope;
        _sum[index] += term;
        _magnitude[index] += Math.Abs(term);
        _error[index] += (Math.Abs(g) * errorOfSlope) + (Math.Abs(slope) * errorOfG) + (errorOfG * errorOfSlope);
        _terms[index]++;
    }

    /// <summary>No more terms come: adds the bound of the summation, γ(k)·Σ|term|.</summary>
    internal (double Value, double Error) Close(int index)
    {
        if (_terms[index] > 0)
        {
            _error[index] += Bounds.Dot(_terms[index], _magnitude[index]);
        }

        return (_sum[index], _error[index]);
    }
}
