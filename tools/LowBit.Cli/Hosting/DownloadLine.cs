using LowBit.Data.Downloads;

namespace LowBit.Cli.Hosting;

/// <summary>Shows a download: a line that redraws itself on a terminal, one line per file otherwise.</summary>
internal sealed class DownloadLine(CliHost host) : IProgress<DownloadProgress>
{
    private string _file = "";
    private int _percent = -1;

    public void Report(DownloadProgress value)
    {
        int percent = (int)(100 * value.Bytes / Math.Max(1, value.Total));
        if (host.ErrorIsTerminal && percent != _percent)
        {
            host.Error.Write($"\rdownloading {value.File}  {percent,3} %  of {value.Total / 1e6:F1} MB{(percent == 100 ? "\n" : "")}");
        }
        else if (!host.ErrorIsTerminal && value.File != _file)
        {
            host.Error.WriteLine($"downloading {value.File}, {value.Total / 1e6:F1} MB");
        }

        _percent = percent;
        _file = value.File;
    }
}
