namespace LowBit.Search.Tests;

/// <summary>The standard functions of the field; all have the minimum 0.</summary>
internal static class TestFunctions
{
    public static double Sphere(double[] x) => x.Sum(v => v * v);

    public static double Ellipsoid(double[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += Math.Pow(1e6, x.Length == 1 ? 0 : i / (x.Length - 1.0)) * x[i] * x[i];
        }

        return sum;
    }

    public static double Rosenbrock(double[] x)
    {
        double sum = 0;
        for (int i = 0; i + 1 < x.Length; i++)
        {
            double valley = x[i + 1] - (x[i] * x[i]), rest = 1 - x[i];
            sum += (100 * valley * valley) + (rest * rest);
        }

        return sum;
    }

    public static double BentCigar(double[] x) => (x[0] * x[0]) + (1e6 * x.Skip(1).Sum(v => v * v));

    public static double Rastrigin(double[] x) => x.Sum(v => (v * v) + (10 * (1 - Math.Cos(2 * Math.PI * v))));

    /// <summary>Σ (1000^(i/(n-1)) x_i)².</summary>
    public static double MildEllipsoid(double[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double scaled = Math.Pow(1000, i / (x.Length - 1.0)) * x[i];
            sum += scaled * scaled;
        }

        return sum;
    }

    /// <summary>Sphere of the first half plus the ones missing in the second (binary) half.</summary>
    public static double SphereOneMax(double[] x) => Sphere(x[..(x.Length / 2)]) + x.Skip(x.Length / 2).Sum(v => 1 - v);

    /// <summary>Sphere of the first half plus the length of the second (binary) half after its leading ones.</summary>
    public static double SphereLeadingOnes(double[] x)
        => Sphere(x[..(x.Length / 2)]) + x.Skip(x.Length / 2).SkipWhile(v => v == 1).Count();

    /// <summary>Mild ellipsoid of the first half plus the ones missing in the second (binary) half.</summary>
    public static double EllipsoidOneMax(double[] x) => MildEllipsoid(x[..(x.Length / 2)]) + x.Skip(x.Length / 2).Sum(v => 1 - v);
}
