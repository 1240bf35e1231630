namespace LowBit.Data.Downloads;

/// <summary>How far a download is.</summary>
/// <param name="File">Path below the data folder.</param>
/// <param name="Bytes">Bytes received.</param>
/// <param name="Total">Bytes of the whole file.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long Total);
