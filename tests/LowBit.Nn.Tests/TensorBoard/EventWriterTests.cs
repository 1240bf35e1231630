using LowBit.Nn.TensorBoard;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.TensorBoard;

public class EventWriterTests
{
    [Fact]
    public void Events_read_back_with_step_time_names_and_numbers()
    {
        using var folder = new TemporaryFolder();
        var writer = new EventWriter(folder.File("events"), 0, new FixedClock());
        writer.Append(3, [("loss/train", 0.25), ("accuracy/test", 0.9), ("größe", -1e30)]);
        writer.Append(1L << 40, [("loss/train", double.Epsilon)]);
        List<EventReader.Event> events = EventReader.Read(folder.File("events"));
        Assert.Equal(["brain.Event:2", null, null], events.Select(e => e.Version));
        Assert.All(events, e => Assert.Equal(1_700_000_000.5, e.WallTime));
        Assert.Equal([0, 3, 1L << 40], events.Select(e => e.Step));
        Assert.Equal([("loss/train", 0.25f), ("accuracy/test", 0.9f), ("größe", -1e30f)], events[1].Scalars);
        Assert.Equal([("loss/train", 0f)], events[2].Scalars);
    }

    [Fact]
    public void The_checksum_is_crc_32c_of_the_polynomial()
    {
        // RFC 3720, B.4: 32 bytes of zeros, and the digits of the usual check value.
        Assert.Equal(0x8A9136AAu, EventReader.Crc32C(new byte[32]));
        Assert.Equal(0xE3069283u, EventReader.Crc32C("123456789"u8));
    }

    [Fact]
    public void An_opened_file_keeps_whole_records_up_to_the_step()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("events");
        var writer = new EventWriter(path, 0);
        foreach (long step in new long[] { 5, 10, 15 })
        {
            writer.Append(step, [("loss", step)]);
        }

        byte[] whole = File.ReadAllBytes(path);
        DateTime written = File.GetLastWriteTimeUtc(path);
        _ = new EventWriter(path, 15);
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        new EventWriter(path, 10).Append(15, [("loss", -15)]);
        Assert.Equal([0, 5, 10, 15], EventReader.Read(path).Select(e => e.Step));
        Assert.Equal(-15f, EventReader.Read(path)[3].Scalars[0].Value);

        // Cut anywhere inside the last record: what is whole stays, and appending works.
        int third = whole.Length - EventReader.LengthOfLast(whole);
        for (int length = third; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            new EventWriter(path, 100).Append(20, [("loss", 1)]);
            Assert.Equal([0, 5, 10, 20], EventReader.Read(path).Select(e => e.Step));
        }
    }

    [Fact]
    public void Damage_ends_what_is_kept_and_a_foreign_file_is_replaced()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("events");
        var writer = new EventWriter(path, 0);
        writer.Append(5, [("loss", 5)]);
        writer.Append(10, [("loss", 10)]);
        byte[] whole = File.ReadAllBytes(path);
        int last = whole.Length - EventReader.LengthOfLast(whole);
        for (int at = last; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            _ = new EventWriter(path, 100);
            Assert.Equal([0, 5], EventReader.Read(path).Select(e => e.Step));
        }

        File.WriteAllText(path, "this is no event file");
        new EventWriter(path, 100).Append(7, [("loss", 7)]);
        Assert.Equal([0, 7], EventReader.Read(path).Select(e => e.Step));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x10 })]
    [InlineData(new byte[] { 0x10, 0x80 })]
    [InlineData(new byte[] { 0x09, 1, 2, 3 })]
    [InlineData(new byte[] { 0x2A, 200 })]
    [InlineData(new byte[] { 0x13 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1 })]
    public void Bytes_that_are_no_event_have_no_step(byte[] message)
        => Assert.Equal(message.Length == 0 ? 0 : null, EventMessage.StepOf(message));

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500);
    }
}
