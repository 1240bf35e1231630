namespace LowBit.Search.Direct;

/// <summary>
/// One coordinate after another, a step up, a step down; a step that helps doubles, one that does not halves. Integers step by whole values of
/// their list. Ends when no coordinate gains and all real steps are below <see cref="TerminationOptions.TolX"/>. A yardstick: what needs
/// more evaluations than this is not worth its code.
/// </summary>
public sealed class CoordinateSearch : SequentialOptimizer
{
    internal const string KindName = "coordinate-search";

    /// <summary>A search at its start.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public CoordinateSearch(DirectOptions options)
        : base(DirectOptions.Checked(options, "coordinate search"))
    {
    }

    internal override string Kind => KindName;

    private protected override IEnumerable<double[]> Search()
    {
        int n = Coordinates.Count;
        double[] x = Coordinates.Take(Options.Start), steps = new double[n];
        for (int j = 0; j < n; j++)
        {
            bool listed = Coordinates.Values[j] is not null;
            x[j] = listed ? Coordinates.Nearest(j, x[j]) : x[j];
            steps[j] = listed ? Math.Max(1, Math.Round(Options.Step / Coordinates.Step(j, x[j]))) : Options.Step;
        }

        yield return (double[])x.Clone();
        double value = Value;
        for (bool moving = true; moving;)
        {
            moving = false;
            for (int j = 0; j < n; j++)
            {
                double smallest = Coordinates.Values[j] is null ? 0 : 1;
                double before = x[j];
                bool gained = false;
                foreach (double sign in (double[])[1, -1])
                {
                    double next = Moved(j, before, sign * steps[j]);
                    if (gained || next == before)
                    {
                        continue;
                    }

                    x[j] = next;
                    yield return (double[])x.Clone();
                    gained = Value < value;
                    (value, x[j]) = gained ? (Value, next) : (value, before);
                }

                moving |= gained || (smallest == 0 ? steps[j] > 0 && steps[j] >= Options.Termination.TolX : steps[j] > 1);
                steps[j] = gained ? steps[j] * 2 : Math.Max(smallest, smallest == 0 ? steps[j] / 2 : Math.Floor(steps[j] / 2));
            }
        }
    }

    /// <summary>x after a step, within the bounds; for a list the step counts values.</summary>
    private double Moved(int j, double x, double step)
        => Coordinates.Values[j] is { } list
            ? list[(int)Math.Clamp(Coordinates.Cell(j, x) + step, 0, list.Length - 1)]
            : Math.Clamp(x + step, Coordinates.Lower[j], Coordinates.Upper[j]);
}
