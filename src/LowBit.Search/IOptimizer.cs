namespace LowBit.Search;

/// <summary>
/// A minimiser that is asked for points and told their values. Points of one generation may be evaluated in any order or at the same time.
/// </summary>
public interface IOptimizer
{
    /// <summary>Number of coordinates of a point.</summary>
    int Dimension { get; }

    /// <summary>Number of values told so far.</summary>
    long Evaluations { get; }

    /// <summary>Number of completed calls of <see cref="Tell"/>.</summary>
    long Generation { get; }

    /// <summary>The point with the smallest value told so far [<see cref="Dimension"/>]; null while every value told was +∞ or NaN.</summary>
    double[]? BestPoint { get; }

    /// <summary>The smallest value told so far; +∞ at first.</summary>
    double BestValue { get; }

    /// <summary>Why the search ended; <see cref="StopReason.None"/> while it runs.</summary>
    StopReason StopReason { get; }

    /// <summary>The points to evaluate next. Asking again before telling gives the same points, also after saving and loading.</summary>
    /// <exception cref="InvalidOperationException">The search has stopped.</exception>
    IReadOnlyList<double[]> Ask();

    /// <summary>Takes the values of the points that <see cref="Ask"/> gave, in the same order. NaN counts as +∞, the worst value.</summary>
    /// <exception cref="ArgumentException">Not the points that were asked for, or not one value for each.</exception>
    /// <exception cref="InvalidOperationException">Nothing was asked for.</exception>
    void Tell(IReadOnlyList<double[]> candidates, ReadOnlySpan<double> values);

    /// <summary>Writes options and state, the random generator included: a loaded search goes on bit for bit as this one would.</summary>
    void Save(Stream stream);
}
