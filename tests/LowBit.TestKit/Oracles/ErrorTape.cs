namespace LowBit.TestKit.Oracles;

/// <summary>
/// An oracle for ops: scalar formulas in double precision that carry a bound of what the same formula may lose in float32
/// (running error analysis, Higham 2002, section 3.3), and are differentiated exactly, with bounds again. An op's
/// formula is written once, one scalar at a time, and gives forward values, gradients and derived tolerances.
/// </summary>
public sealed class ErrorTape
{
    private readonly List<double> _values = [];
    private readonly List<double> _errors = [];
    private readonly List<(int Edges, int Pairs)> _ends = [];
    private readonly List<Edge> _edges = [];
    private readonly List<(int A, int B)> _pairs = [];

    internal double ValueAt(int index) => _values[index];

    internal double ErrorAt(int index) => _errors[index];

    /// <summary>Inputs: numbers that float32 holds exactly, or perturbed ones for finite differences.</summary>
    public Var[] Inputs(IReadOnlyList<double> values)
    {
        var result = new Var[values.Count];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Push(values[i], 0);
        }

        return result;
    }

    /// <summary>A number that float32 holds exactly and nobody differentiates by.</summary>
    public Var Constant(double value) => Push(value, 0);

    /// <summary>The same number, with its error, cut off from what led to it.</summary>
    public Var Detach(Var v) => Push(v.Value, v.Error);

    /// <summary>A number that float32 must round.</summary>
    public Var Rounded(double value) => Push(value, Bounds.Unit * Math.Abs(value));

    /// <summary>Σ a[i]·b[i] (+ start), in any order of summation: error γ(k)·Σ|a·b| plus what the factors bring.</summary>
    public Var Dot(IReadOnlyList<Var> a, IReadOnlyList<Var> b, Var? start = null)
    {
        double sum = start?.Value ?? 0, magnitude = Math.Abs(sum), error = start?.Error ?? 0;
        for (int i = 0; i < a.Count; i++)
        {
            double x = a[i].Value, y = b[i].Value, ex = a[i].Error, ey = b[i].Error;
            sum += x * y;
            magnitude += Math.Abs(x * y);
            error += (Math.Abs(x) * ey) + (Math.Abs(y) * ex) + (ex * ey);
            _pairs.Add((a[i].Index, b[i].Index));
        }

        if (start is { } s)
        {
            _edges.Add(new Edge(s.Index, 1, 0));
        }

        return Push(sum, error + Bounds.Dot(a.Count + (start is null ? 0 : 1), magnitude));
    }

    /// <summary>Σ terms in any order: error γ(k − 1)·Σ|term| plus what the terms bring.</summary>
    public Var Sum(IReadOnlyList<Var> terms)
    {
        double sum = 0, magnitude = 0, error = 0;
        foreach (Var t in terms)
        {
            sum += t.Value;
            magnitude += Math.Abs(t.Value);
            error += t.Error;
            _edges.Add(new Edge(t.Index, 1, 0));
        }

        return Push(sum, error + (Bounds.Gamma(Math.Max(0, terms.Count - 1)) * magnitude));
    }

    /// <summary>The exact derivative of Σ output·seed by every number on the tape, with a bound for a float32 evaluation.</summary>
    /// <param name="outputs">What was computed.</param>
    /// <param name="seeds">The gradient of each output.</param>
    public Adjoints Backward(IReadOnlyList<Var> outputs, IReadOnlyList<double> seeds)
    {
        var adjoints = new Adjoints(_values.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            adjoints.Seed(outputs[i].Index, seeds[i]);
        }

        for (int i = _values.Count - 1; i >= 0; i--)
        {
            (double g, double eg) = adjoints.Close(i);
            if (g == 0 && eg == 0)
            {
                continue;
            }

            (int edgeBegin, int pairBegin) = i == 0 ? (0, 0) : _ends[i - 1];
            for (int k = edgeBegin; k < _ends[i].Edges; k++)
            {
                Edge e = _edges[k];
                adjoints.Add(e.Parent, g, eg, e.Slope, e.SlopeError);
            }

            for (int k = pairBegin; k < _ends[i].Pairs; k++)
            {
                (int a, int b) = _pairs[k];
                adjoints.Add(a, g, eg, _values[b], _errors[b]);
                adjoints.Add(b, g, eg, _values[a], _errors[a]);
            }
        }

        return adjoints;
    }

    /// <summary>A result with one parent.</summary>
    internal Var Push(double value, double error, Var parent, double slope, double slopeError)
    {
        _edges.Add(new Edge(parent.Index, slope, slopeError));
        return Push(value, error);
    }

    /// <summary>A result with two parents.</summary>
    internal Var Push(double value, double error, (Var Of, double Slope, double SlopeError) a, (Var Of, double Slope, double SlopeError) b)
    {
        _edges.Add(new Edge(a.Of.Index, a.Slope, a.SlopeError));
        _edges.Add(new Edge(b.Of.Index, b.Slope, b.SlopeError));
        return Push(value, error);
    }

    private Var Push(double value, double error)
    {
        _values.Add(value);
        _errors.Add(error);
        _ends.Add((_edges.Count, _pairs.Count));
        return new Var(this, _values.Count - 1);
    }

    private readonly record struct Edge(int Parent, double Slope, double SlopeError);
}
