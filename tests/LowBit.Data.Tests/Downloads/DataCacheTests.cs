using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using LowBit.Data.Downloads;
using Xunit;

namespace LowBit.Data.Tests.Downloads;

public class DataCacheTests
{
    private static readonly byte[] s_content = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 3))];

    [Fact]
    public void Offline_and_missing_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var cache = new DataCache(folder.Path, offline: true);
        DataUnavailableException failure = Assert.Throws<DataUnavailableException>(() => cache.Require(RemoteSet.Mnist));
        Assert.Contains("train-images-idx3-ubyte.gz", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--offline", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_is_checked_and_renamed()
    {
        using var folder = new TemporaryFolder();
        int calls = 0;
        string path = Cache(folder, _ => Count(ref calls, s_content)).Require(Set())[0];
        Assert.Equal(s_content, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        Cache(folder, _ => Count(ref calls, s_content)).Require(Set());
        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_failing_address_is_tried_again_then_the_next()
    {
        using var folder = new TemporaryFolder();
        var asked = new List<string>();
        Cache(folder, address =>
        {
            asked.Add(address.ToString());
            return asked.Count < 4 ? throw new HttpRequestException("no route") : new MemoryStream(s_content);
        }).Require(Set());
        Assert.Equal(["http://one/f.bin", "http://two/f.bin", "http://one/f.bin", "http://two/f.bin"], asked);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    [InlineData(100_000)]
    public void A_wrong_length_leaves_nothing_behind(int length)
    {
        using var folder = new TemporaryFolder();
        DataUnavailableException failure = Assert.Throws<DataUnavailableException>(() => Cache(folder, _ => new MemoryStream(new byte[length])).Require(Set()));
        Assert.Contains("length", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Damage_under_the_right_length_is_found_by_the_checksum()
    {
        using var folder = new TemporaryFolder();
        byte[] wrong = (byte[])s_content.Clone();
        wrong[500] ^= 1;
        Assert.Contains("MD5", Assert.Throws<DataUnavailableException>(() => Cache(folder, _ => new MemoryStream(wrong)).Require(Set())).Message, StringComparison.Ordinal);
        string present = folder.Write("set/f.bin", wrong);
        Assert.Contains("delete it", Assert.Throws<DataFormatException>(() => Cache(folder, _ => throw new HttpRequestException()).Require(Set())).Message, StringComparison.Ordinal);
        Assert.Equal(wrong, File.ReadAllBytes(present));
    }

    [Fact]
    public void Cancelling_removes_the_partial_file()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        DataCache cache = Cache(folder, _ =>
        {
            stop.Cancel();
            return new MemoryStream(s_content);
        });
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Require(Set(), stop.Token));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_archive_gives_its_files_and_goes()
    {
        using var folder = new TemporaryFolder();
        byte[] archive = Tar(("elsewhere/../f.bin", s_content), ("readme.txt", [1, 2]));
        RemoteSet set = Set() with { Archive = new RemoteFile("all.tar.gz", archive.Length, Md5(archive)) };
        string path = Cache(folder, _ => new MemoryStream(archive)).Require(set)[0];
        Assert.Equal(s_content, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_archive_without_the_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] archive = Tar(("readme.txt", [1, 2]));
        RemoteSet set = Set() with { Archive = new RemoteFile("all.tar.gz", archive.Length, Md5(archive)) };
        Assert.Contains("f.bin", Assert.Throws<DataFormatException>(() => Cache(folder, _ => new MemoryStream(archive)).Require(set)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_stalls_is_given_up_and_the_next_address_asked()
    {
        using var folder = new TemporaryFolder();
        var asked = new List<string>();
        string path = Cache(
            folder,
            address =>
            {
                asked.Add(address.ToString());
                return asked.Count == 1 ? new StallingStream(s_content[..100]) : new MemoryStream(s_content);
            },
            TimeSpan.FromMilliseconds(50)).Require(Set())[0];
        Assert.Equal(["http://one/f.bin", "http://two/f.bin"], asked);
        Assert.Equal(s_content, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_download_that_always_stalls_ends_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        DataUnavailableException failure = Assert.Throws<DataUnavailableException>(
            () => Cache(folder, _ => new StallingStream([]), TimeSpan.FromMilliseconds(20)).Require(Set()));
        Assert.Contains("nothing arrived for 0.02 seconds", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Cancelling_ends_a_stalled_download_at_once()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        DataCache cache = Cache(folder, _ => new StallingStream(s_content[..100]));
        Assert.ThrowsAny<OperationCanceledException>(() => cache.Require(Set(), stop.Token));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private static DataCache Cache(TemporaryFolder folder, Func<Uri, Stream> open, TimeSpan? patience = null)
        => new(folder.Path, offline: false, null, (address, _) => Task.FromResult(open(address)), TimeSpan.Zero, patience ?? TimeSpan.FromMinutes(1));

    private static MemoryStream Count(ref int calls, byte[] content)
    {
        calls++;
        return new MemoryStream(content);
    }

    private static RemoteSet Set()
        => new("set", [new Uri("http://one/"), new Uri("http://two/")], [new RemoteFile("set/f.bin", s_content.Length, Md5(s_content))]);

#pragma warning disable CA5351 // The publishers of data sets print MD5.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private static byte[] Tar(params (string Name, byte[] Bytes)[] entries)
    {
        using var packed = new MemoryStream();
        using (var deflate = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(deflate))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return packed.ToArray();
    }

    /// <summary>Gives its bytes and then nothing more, as a connection does whose other end has gone.</summary>
    private sealed class StallingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int got = Read(buffer.Span);
            if (got == 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return got;
        }
    }
}
