namespace LowBit.Data.Downloads;

/// <summary>A canonical file of a data set: where it lies in the cache, where it comes from, what it must be.</summary>
/// <param name="Path">Path below the data folder, with forward slashes, for example "mnist/train-images-idx3-ubyte.gz".</param>
/// <param name="Length">Bytes.</param>
/// <param name="Md5">32 hexadecimal digits, lower case, or null when only the archive's checksum is published.</param>
public sealed record RemoteFile(string Path, long Length, string? Md5);
