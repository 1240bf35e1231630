using System.Globalization;
using LowBit.Methods.GradFreeBits;

namespace LowBit.Cli.Hosting;

/// <summary>Shows a search on stderr: a line for each tenth of the layers that are measured, one for each generation, and training as <see cref="TrainingLine"/> shows it.</summary>
internal sealed class SearchLine(CliHost host) : IProgress<SearchProgress>
{
    private TrainingLine? _training;
    private string? _phase;
    private int _tenths;

    public void Report(SearchProgress value)
    {
        if (value.Training is { } training)
        {
            if (_phase != value.Phase)
            {
                (_phase, _training) = (value.Phase, new TrainingLine(host, value.Phase));
            }

            _training!.Report(training);
        }

        if (value.Measured is { } share && (int)(share * 10) > _tenths)
        {
            _tenths = (int)(share * 10);
            host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Phase}  {_tenths * 10} %"));
        }

        if (value.Generation is { } generation)
        {
            host.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{value.Phase}  generation {generation.Generation}/{value.Generations}  objective {generation.Best:F4} (median {generation.Median:F4})  {generation.Different} different, {generation.Feasible} within budget  sigma {generation.Sigma:F2}"));
        }
    }
}
