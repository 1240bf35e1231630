using LowBit.Search.Cma;

namespace LowBit.Search.Tests;

/// <summary>The program of docs/search.md, word for word (a test compares the two).</summary>
internal static class SearchExample
{
    public static double[] Run(Func<double[], double> loss, string file)
    {
        // example begin
        SearchSpace space = SearchSpace.Box(6, 0.01, 10);                     // six clipping values …
        for (int j = 3; j < 6; j++)
        {
            space = space.WithValues(j, 2, 3, 4, 6, 8);                       // … of which three are bit widths
        }

        Optimizer search = new CmaEs(new CmaOptions
        {
            Mean = [1, 1, 1, 4, 4, 4],
            Sigma = 1,
            Scales = [0.3, 0.3, 0.3, 1, 1, 1],
            Space = space,
            Seed = 1,
            Termination = new TerminationOptions { MaxEvaluations = 3_000 },
        });
        while (search.StopReason == StopReason.None)
        {
            IReadOnlyList<double[]> points = search.Ask();                    // evaluate them in any order, on any machine
            search.Tell(points, [.. points.Select(loss)]);
            OptimizerFile.Save(search, file);                                 // after a kill: search = OptimizerFile.Load(file)
        }

        double[] best = search.BestPoint!;
        // example end
        return best;
    }
}
