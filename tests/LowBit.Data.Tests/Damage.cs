using FsCheck;
using FsCheck.Fluent;

namespace LowBit.Data.Tests;

/// <summary>Damaged copies of a good file: bytes flipped, cut, extended, numbers replaced by absurd ones.</summary>
internal static class Damage
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20_261, 7);

    /// <summary>
    /// Reads many damaged copies; passes when each is read or refused with <see cref="DataFormatException"/>, and at least one is refused.
    /// </summary>
    public static void OnlyFormatErrors(byte[] good, Action<byte[]> read)
    {
        int refused = 0;
        Gen<byte[]> damaged = Gen.OneOf(Flip(good), Cut(good), Extend(good), Absurd(good));
        Prop.ForAll(Arb.From(damaged), bytes =>
        {
            try
            {
                read(bytes);
            }
            catch (DataFormatException failure)
            {
                refused++;
                return !failure.Message.Contains('\n', StringComparison.Ordinal) && failure.Message.Length < 400;
            }

            return true;
        }).Check(s_config);
        Xunit.Assert.True(refused > 20, $"only {refused} damaged files were refused");
    }

    private static Gen<byte[]> Flip(byte[] good)
        => from count in Gen.Choose(1, 4)
           from places in Gen.ArrayOf(Gen.Choose(0, good.Length - 1), count)
           from masks in Gen.ArrayOf(Gen.Choose(1, 255), count)
           select Flipped(good, places, masks);

    private static Gen<byte[]> Cut(byte[] good) => Gen.Choose(0, good.Length - 1).Select(length => good[..length]);

    private static Gen<byte[]> Extend(byte[] good)
        => Gen.ArrayOf(Gen.Choose(0, 255), 9).Select(more => (byte[])[.. good, .. more.Select(b => (byte)b)]);

    private static Gen<byte[]> Absurd(byte[] good)
        => from place in Gen.Choose(0, Math.Min(40, good.Length - 4))
           from value in Gen.Elements<byte>(0x00, 0x7F, 0x80, 0xFF)
           select Flipped(good, [place, place + 1, place + 2, place + 3], [value, 0xFF, 0xFF, value]);

    private static byte[] Flipped(byte[] good, int[] places, int[] masks)
    {
        var copy = (byte[])good.Clone();
        for (int i = 0; i < places.Length; i++)
        {
            copy[places[i]] ^= (byte)masks[i];
        }

        return copy;
    }
}
