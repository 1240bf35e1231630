using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace LowBit.Data.Downloads;

/// <summary>
/// The folder of canonical data files. A missing file is downloaded to a temporary name, checked against its length and MD5 and
/// then renamed, so that an interrupted download never leaves a file that looks whole. Present files are checked once per use.
/// </summary>
public sealed class DataCache
{
    /// <summary>The environment variable that names the folder when the caller does not.</summary>
    public const string FolderVariable = "LOWBIT_DATA";

    private const int Attempts = 3;

    // The client's own limit ends with the headers; the same holds for each piece of the content that follows.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly HttpClient s_client = new() { Timeout = s_patience };

    private readonly bool _offline;
    private readonly IProgress<DownloadProgress>? _progress;
    private readonly Func<Uri, CancellationToken, Task<Stream>> _open;
    private readonly TimeSpan _pause;
    private readonly TimeSpan _patience;

    /// <summary>Names the cache; nothing is touched yet.</summary>
    /// <param name="folder">The data folder, or null: <c>LOWBIT_DATA</c>, else <c>~/.cache/lowbit/data</c>.</param>
    /// <param name="offline">True: never download, fail with a sentence instead.</param>
    /// <param name="progress">Receives the bytes downloaded so far, or null.</param>
    public DataCache(string? folder = null, bool offline = false, IProgress<DownloadProgress>? progress = null)
        : this(folder, offline, progress, OpenHttpAsync, TimeSpan.FromSeconds(2), s_patience)
    {
    }

    /// <summary>For tests: another way to open an address, another pause between attempts and another time to wait for bytes.</summary>
    internal DataCache(
        string? folder,
        bool offline,
        IProgress<DownloadProgress>? progress,
        Func<Uri, CancellationToken, Task<Stream>> open,
        TimeSpan pause,
        TimeSpan patience)
    {
        Folder = folder ?? DefaultFolder();
        _offline = offline;
        _progress = progress;
        _open = open;
        _pause = pause;
        _patience = patience;
    }

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    /// <summary>Makes sure that every file of a set is here and is what it must be.</summary>
    /// <param name="set">The set.</param>
    /// <param name="cancellation">Stops a download; the temporary file is removed.</param>
    /// <returns>The full paths, in the order of <see cref="RemoteSet.Files"/>.</returns>
    /// <exception cref="DataFormatException">A present file is damaged, or a download is not what was published.</exception>
    /// <exception cref="DataUnavailableException">A file is missing and cannot be downloaded.</exception>
    public IReadOnlyList<string> Require(RemoteSet set, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        var paths = new string[set.Files.Count];
        for (int i = 0; i < paths.Length; i++)
        {
            paths[i] = Path.Combine(Folder, set.Files[i].Path.Replace('/', Path.DirectorySeparatorChar));
        }

        List<int> missing = Missing(paths);
        if (missing.Count > 0 && _offline)
        {
            throw new DataUnavailableException(
                $"{set.Name} is not complete in {Folder} ({Path.GetFileName(paths[missing[0]])} is missing) and downloading is switched off; run once without --offline or name another folder with --data-dir");
        }

        if (missing.Count > 0 && set.Archive is not null)
        {
            DownloadArchive(set, paths, cancellation);
        }
        else
        {
            foreach (int i in missing)
            {
                Download(set, Path.GetFileName(set.Files[i].Path), set.Files[i], paths[i], cancellation);
            }
        }

        for (int i = 0; i < paths.Length; i++)
        {
            Check(paths[i], set.Files[i]);
        }

        return paths;
    }

    private static string DefaultFolder()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        return !string.IsNullOrEmpty(named)
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "lowbit", "data");
    }

    private static List<int> Missing(string[] paths)
    {
        var missing = new List<int>();
        for (int i = 0; i < paths.Length; i++)
        {
            if (!File.Exists(paths[i]))
            {
                missing.Add(i);
            }
        }

        return missing;
    }

    private static void Check(string path, RemoteFile expected)
    {
        long length = new FileInfo(path).Length;
        if (length != expected.Length)
        {
            throw new DataFormatException(path, "length", 0, $"{length} bytes, the canonical file has {expected.Length}; delete it to download it again");
        }

        if (expected.Md5 is not null)
        {
            using FileStream stream = File.OpenRead(path);
            string md5 = Md5(stream);
            if (md5 != expected.Md5)
            {
                throw new DataFormatException(path, "MD5", 0, $"{md5}, the canonical file has {expected.Md5}; delete it to download it again");
            }
        }
    }

    // MD5 guards against damage, not against an adversary: it is what the publishers print.
#pragma warning disable CA5351
    private static string Md5(Stream stream) => Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351

    private static async Task<Stream> OpenHttpAsync(Uri address, CancellationToken cancellation)
    {
        HttpResponseMessage response = await s_client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
    }

    private void Download(RemoteSet set, string published, RemoteFile file, string target, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string temporary = $"{target}.{Environment.ProcessId}.part";
        string lastProblem = "no address is known";
        try
        {
            for (int attempt = 0; attempt < Attempts * set.Addresses.Count; attempt++)
            {
                Uri address = new(set.Addresses[attempt % set.Addresses.Count], published);
                try
                {
                    Copy(address, file, temporary, cancellation);
                    Check(temporary, file);
                    File.Move(temporary, target, overwrite: true);
                    return;
                }
                catch (Exception failure) when (failure is HttpRequestException or IOException or DataFormatException or TaskCanceledException
                    && !cancellation.IsCancellationRequested)
                {
                    lastProblem = $"{address}: {failure.Message}";
                    cancellation.WaitHandle.WaitOne(_pause * (attempt / set.Addresses.Count));
                }
            }
        }
        finally
        {
            File.Delete(temporary);
        }

        throw new DataUnavailableException($"{set.Name} could not be downloaded after {Attempts} attempts ({lastProblem}); put {file.Path} into {Folder} by hand or try again later");
    }

    private void Copy(Uri address, RemoteFile file, string temporary, CancellationToken cancellation)
    {
        using Stream source = _open(address, cancellation).GetAwaiter().GetResult();
        using var target = new FileStream(temporary, FileMode.Create, FileAccess.Write);
        var buffer = new byte[1 << 16];
        long total = 0;
        int got;
        while ((got = ReadSome(source, buffer, cancellation)) > 0)
        {
            total += got;
            if (total > file.Length)
            {
                throw new DataFormatException(address.ToString(), "length", total, $"more than the published {file.Length} bytes arrive");
            }

            target.Write(buffer, 0, got);
            _progress?.Report(new DownloadProgress(file.Path, total, file.Length));
        }

        target.Flush(flushToDisk: true);
    }

    private int ReadSome(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            return source.ReadAsync(buffer, limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"nothing arrived for {_patience.TotalSeconds} seconds", failure);
        }
    }

    private void DownloadArchive(RemoteSet set, string[] paths, CancellationToken cancellation)
    {
        RemoteFile archive = set.Archive!;
        string path = Path.Combine(Folder, archive.Path);
        Download(set, archive.Path, archive, path, cancellation);
        Unpack(path, set, paths);
        File.Delete(path);
    }

    // Only the expected names are taken, each to the place known beforehand: an archive cannot write elsewhere.
    private static void Unpack(string archive, RemoteSet set, string[] paths)
    {
        using FileStream file = File.OpenRead(archive);
        using var inflate = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(inflate);
        while (tar.GetNextEntry() is { } entry)
        {
            for (int i = 0; i < paths.Length; i++)
            {
                if (entry.DataStream is null || Path.GetFileName(entry.Name) != Path.GetFileName(paths[i]) || entry.Length != set.Files[i].Length)
                {
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(paths[i])!);
                string temporary = $"{paths[i]}.{Environment.ProcessId}.part";
                using (var target = new FileStream(temporary, FileMode.Create, FileAccess.Write))
                {
                    entry.DataStream.CopyTo(target);
                    target.Flush(flushToDisk: true);
                }

                File.Move(temporary, paths[i], overwrite: true);
            }
        }

        List<int> missing = Missing(paths);
        if (missing.Count > 0)
        {
            throw new DataFormatException($"{archive} holds no {Path.GetFileName(paths[missing[0]])} of {set.Files[missing[0]].Length} bytes");
        }
    }
}
