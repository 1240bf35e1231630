using LowBit.Kernels.Files;
using Xunit;

namespace LowBit.Kernels.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lowbit-atomic-").FullName;

    private string Target => Path.Combine(_folder, "model.bin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Writes_and_replaces()
    {
        AtomicFile.Write(Target, [1, 2, 3]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
        AtomicFile.Write(Target, static stream => stream.WriteByte(9));
        Assert.Equal([9], File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_failing_writer_leaves_the_old_file_and_no_litter()
    {
        AtomicFile.Write(Target, [1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Target, static stream =>
        {
            stream.Write([4, 5]);
            throw new InvalidOperationException("disk on fire");
        }));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_missing_folder_is_an_io_error()
        => Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(_folder, "none", "x.bin"), [1]));

    [Fact]
    public void Readers_see_a_whole_file_at_any_time()
    {
        byte[][] versions = [[.. Enumerable.Repeat((byte)1, 50_000)], [.. Enumerable.Repeat((byte)2, 70_000)]];
        AtomicFile.Write(Target, versions[0]);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                AtomicFile.Write(Target, versions[i % 2]);
            }

            stop.Cancel();
        });
        writer.Start();
        int reads = 0;
        while (!stop.IsCancellationRequested || reads == 0)
        {
            byte[] content = File.ReadAllBytes(Target);
            Assert.Equal(content[0] == 1 ? 50_000 : 70_000, content.Length);
            Assert.True(content.AsSpan().IndexOfAnyExcept(content[0]) < 0);
            reads++;
        }

        writer.Join();
    }

    [Fact]
    public void A_format_error_names_file_field_and_offset()
    {
        var e = new LowBitFormatException("m.lbq", "header.version", 4, "version 9 is newer than 1; update LowBit");
        Assert.Equal("m.lbq: header.version at byte 4: version 9 is newer than 1; update LowBit", e.Message);
        Assert.Equal(("m.lbq", "header.version", 4L), (e.File, e.Field, e.Offset));
        Assert.Equal("m.lbq: length: too short", new LowBitFormatException("m.lbq", "length", -1, "too short").Message);
    }
}
