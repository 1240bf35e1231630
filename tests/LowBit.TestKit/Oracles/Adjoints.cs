namespace LowBit.TestKit.Oracles;

/// <summary>Derivatives by the numbers of an <see cref="ErrorTape"/>, with error bounds.</summary>
public sealed class Adjoints
{
    private readonly double[] _sum;
    private readonly double[] _magnitude;
    private readonly double[] _error;
    private readonly int[] _roundings;

    internal Adjoints(int count)
    {
        _sum = new double[count];
        _magnitude = new double[count];
        _error = new double[count];
        _roundings = new int[count];
    }

    /// <summary>The exact derivative.</summary>
    public double Value(Var v) => _sum[v.Index];

    /// <summary>What a float32 evaluation of the derivative may be wrong by.</summary>
    public double Error(Var v) => _error[v.Index];

    /// <summary>The gradient of an output. One number may be several outputs, then the second one is an addition.</summary>
    internal void Seed(int index, double value)
    {
        _roundings[index] += _magnitude[index] > 0 ? 1 : 0;
        _sum[index] += value;
        _magnitude[index] += Math.Abs(value);
    }

    internal void Add(int index, double g, double errorOfG, double slope, double errorOfSlope)
    {
        double term = g * slope;
        _sum[index] += term;
        _magnitude[index] += Math.Abs(term);
        _error[index] += (Math.Abs(g) * errorOfSlope) + (Math.Abs(slope) * errorOfG) + (errorOfG * errorOfSlope);
        _roundings[index]++;
    }

    /// <summary>No more terms come: adds the bound of the summation, γ(k)·Σ|term|.</summary>
    internal (double Value, double Error) Close(int index)
    {
        if (_roundings[index] > 0)
        {
            _error[index] += Bounds.Dot(_roundings[index], _magnitude[index]);
        }

        return (_sum[index], _error[index]);
    }
}
