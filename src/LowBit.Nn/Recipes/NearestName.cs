namespace LowBit.Nn.Recipes;

/// <summary>Finds what a person probably meant.</summary>
public static class NearestName
{
    /// <summary>The candidate with the fewest insertions, deletions and replacements of letters (case ignored); the first of equals.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What exists, at least one.</param>
    /// <exception cref="ArgumentException">There is no candidate.</exception>
    public static string Find(string name, ReadOnlySpan<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (candidates.IsEmpty)
        {
            throw new ArgumentException("there is no candidate to be near to", nameof(candidates));
        }

        string best = candidates[0];
        int least = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < least)
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }

    // Levenshtein's table, one row at a time.
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
