using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>
/// A number in double precision with a bound of what float32 may lose on the same formula (running error analysis, Higham 2002,
/// section 3.3). A fused multiply-add rounds once less, so the bound holds for it too.
/// </summary>
internal readonly record struct Approx(double Value, double Error)
{
    public static implicit operator Approx(float exact) => new(exact, 0);

    public static Approx operator +(Approx a, Approx b) => Round(a.Value + b.Value, a.Error + b.Error);

    public static Approx operator -(Approx a, Approx b) => Round(a.Value - b.Value, a.Error + b.Error);

    public static Approx operator *(Approx a, Approx b)
        => Round(a.Value * b.Value, (Math.Abs(a.Value) * b.Error) + (Math.Abs(b.Value) * a.Error) + (a.Error * b.Error));

    public static Approx operator /(Approx a, Approx b)
    {
        double z = a.Value / b.Value;
        return Round(z, (a.Error + (Math.Abs(z) * b.Error)) / (Math.Abs(b.Value) - b.Error));
    }

    public Approx Sqrt() => Round(Math.Sqrt(Value), Error / (Math.Sqrt(Value) + Math.Sqrt(Math.Max(Value - Error, 0))));

    public Approx Exp() => Function(Math.Exp(Value), Math.Exp(Value) * (Math.Exp(Error) - 1), 3);

    public Approx Log() => Function(Math.Log(Value), Error / (Value - Error), 4);

    /// <summary>A library function's result: the inputs' error carried over, and some units of roundoff of its own.</summary>
    public static Approx Function(double value, double carried, double units)
        => new(value, carried + (Bounds.Gamma(units) * Math.Abs(value)) + Bounds.Underflow);

    /// <summary>A float32 sum of which any <paramref name="depth"/> additions in a row are rounded.</summary>
    public static Approx Sum(IEnumerable<Approx> terms, int depth)
    {
        double sum = 0, magnitude = 0, error = 0;
        foreach (Approx t in terms)
        {
            sum += t.Value;
            magnitude += Math.Abs(t.Value) + t.Error;
            error += t.Error;
        }

        return new Approx(sum, error + (Bounds.Gamma(depth) * magnitude));
    }

    private static Approx Round(double value, double carried)
        => new(value, carried + (Bounds.Unit * (Math.Abs(value) + carried)) + Bounds.Underflow);
}
