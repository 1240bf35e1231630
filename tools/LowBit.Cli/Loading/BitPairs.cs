using System.Globalization;
using LowBit.Cli.Hosting;

namespace LowBit.Cli.Loading;

/// <summary>Pairs of widths as they are written on the command line: <c>w4a8</c>.</summary>
internal static class BitPairs
{
    /// <summary>Reads a list such as <c>w2a2,w4a8</c>; <c>all</c> stands for all 64.</summary>
    /// <exception cref="UsageException">A word is not a pair.</exception>
    public static IReadOnlyList<(int Weights, int Activations)> Parse(string text)
    {
        var pairs = new List<(int, int)>();
        if (text == "all")
        {
            for (int pair = 0; pair < 64; pair++)
            {
                pairs.Add(((pair / 8) + 1, (pair % 8) + 1));
            }

            return pairs;
        }

        foreach (string word in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (word.Length != 4 || word[0] != 'w' || word[2] != 'a' || word[1] is < '1' or > '8' || word[3] is < '1' or > '8')
            {
                throw new UsageException($"'{word}' is not a pair of widths; write w1a1 to w8a8, separated by commas, or all");
            }

            pairs.Add((word[1] - '0', word[3] - '0'));
        }

        return pairs.Count > 0 ? pairs : throw new UsageException("--pairs is empty; write w1a1 to w8a8, separated by commas, or all");
    }

    public static string Word(int weights, int activations) => string.Create(CultureInfo.InvariantCulture, $"w{weights}a{activations}");
}
