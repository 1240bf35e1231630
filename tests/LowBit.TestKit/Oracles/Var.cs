namespace LowBit.TestKit.Oracles;

/// <summary>One number of an <see cref="ErrorTape"/>: exact in double precision, with the error that float32 may have.</summary>
public readonly record struct Var(ErrorTape Tape, int Index)
{
    /// <summary>Float32 library functions (exp, log, …) may be off by this many units of roundoff: 4 ulp.</summary>
    public const double FunctionUnits = 8;

    /// <summary>The exact number.</summary>
    public double Value => Tape.ValueAt(Index);

    /// <summary>Bound of the error of a float32 evaluation.</summary>
    public double Error => Tape.ErrorAt(Index);

    public static Var operator +(Var a, Var b)
    {
        double z = a.Value + b.Value;
        return a.Tape.Push(z, a.Error + b.Error + (Bounds.Unit * Math.Abs(z)), (a, 1, 0), (b, 1, 0));
    }

    public static Var operator -(Var a, Var b)
    {
        double z = a.Value - b.Value;
        return a.Tape.Push(z, a.Error + b.Error + (Bounds.Unit * Math.Abs(z)), (a, 1, 0), (b, -1, 0));
    }

    public static Var operator *(Var a, Var b)
    {
        double x = a.Value, y = b.Value, z = x * y;
        double error = (Math.Abs(x) * b.Error) + (Math.Abs(y) * a.Error) + (a.Error * b.Error) + Bounds.Relative(z, 1);
        return a.Tape.Push(z, error, (a, y, b.Error), (b, x, a.Error));
    }

    public static Var operator /(Var a, Var b)
    {
        double x = a.Value, y = b.Value, z = x / y;
        double error = ((a.Error + (Math.Abs(z) * b.Error)) / (Math.Abs(y) - b.Error)) + Bounds.Relative(z, 1);
        double slopeA = 1 / y, slopeB = -z / y;
        double relative = b.Error / (Math.Abs(y) - b.Error);
        return a.Tape.Push(
            z, error,
            (a, slopeA, Math.Abs(slopeA) * (relative + Bounds.Gamma(1))),
            (b, slopeB, (error / Math.Abs(y)) + (Math.Abs(slopeB) * (relative + Bounds.Gamma(2)))));
    }

    public static Var operator *(Var a, double exact)
        => a.Tape.Push(a.Value * exact, (a.Error * Math.Abs(exact)) + Bounds.Relative(a.Value * exact, 1), a, exact, 0);

    public static Var operator +(Var a, double exact)
        => a.Tape.Push(a.Value + exact, a.Error + (Bounds.Unit * Math.Abs(a.Value + exact)), a, 1, 0);

    public static Var operator -(Var a) => a.Tape.Push(-a.Value, a.Error, a, -1, 0);

    /// <summary>√x, correctly rounded.</summary>
    public Var Sqrt()
    {
        double z = Math.Sqrt(Value), slope = 0.5 / z;
        double error = (Error * slope) + (Bounds.Unit * z);
        return Tape.Push(z, error, this, slope, slope * ((error / z) + Bounds.Gamma(2)));
    }

    /// <summary>e^x by a float32 library function.</summary>
    public Var Exp()
    {
        double z = Math.Exp(Value);
        double error = (z * (Math.Exp(Error) - 1)) + Bounds.Relative(z, FunctionUnits) + Bounds.Underflow;
        return Tape.Push(z, error, this, z, error);
    }

    /// <summary>log x by a float32 library function.</summary>
    public Var Log()
    {
        double z = Math.Log(Value), slope = 1 / Value;
        return Tape.Push(z, (Error / (Value - Error)) + Bounds.Relative(z, FunctionUnits), this, slope, slope * ((Error / (Value - Error)) + Bounds.Gamma(1)));
    }

    /// <summary>The larger of two numbers; the first of equals, as in max pooling.</summary>
    public Var Max(Var other) => other.Value > Value ? other : this;

    /// <summary>A function of two numbers given by its value, its error and its two slopes, which float32 gets with the given roundings.</summary>
    public Var Join(Var other, double value, double error, double slope, double otherSlope, double roundings)
        => Tape.Push(
            value, error + (Math.Abs(slope) * Error) + (Math.Abs(otherSlope) * other.Error),
            (this, slope, Bounds.Gamma(roundings) * Math.Abs(slope)),
            (other, otherSlope, Bounds.Gamma(roundings) * Math.Abs(otherSlope)));

    /// <summary>
    /// A function of one number given by value and slope. Both are evaluated in float32 with the given roundings, relative to
    /// <paramref name="scale"/> and <paramref name="slopeScale"/>, the largest intermediates of the two formulas (0 where nothing cancels).
    /// </summary>
    public Var Function(Func<double, double> f, Func<double, double> slope, double roundings, double scale = 0, double slopeScale = 0)
    {
        double x = Value, z = f(x), d = slope(x);
        double lipschitz = Math.Max(Math.Abs(slope(x + Error)), Math.Max(Math.Abs(slope(x - Error)), Math.Abs(d)));
        double error = (lipschitz * Error) + (Bounds.Gamma(roundings) * Math.Max(Math.Abs(z), scale)) + Bounds.Underflow;
        return Tape.Push(z, error, this, d, Bounds.Gamma(roundings) * Math.Max(Math.Abs(d), slopeScale));
    }
}
