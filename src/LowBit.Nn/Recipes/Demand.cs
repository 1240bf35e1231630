namespace LowBit.Nn.Recipes;

/// <summary>One sentence for each way a recipe's value can be wrong.</summary>
public static class Demand
{
    /// <summary>An integer from low to high.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <param name="low">Smallest allowed.</param>
    /// <param name="high">Largest allowed; <see cref="int.MaxValue"/> for no limit.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Range(string key, int value, int low, int high)
    {
        if (value < low || value > high)
        {
            throw new ArgumentException(high == int.MaxValue ? $"{key} is {value}; it must be {low} or more" : $"{key} is {value}; it must be {low} to {high}");
        }
    }

    /// <summary>A finite number above 0.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Positive(string key, double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"{key} is {value}; it must be above 0");
        }
    }

    /// <summary>A finite number of 0 or more.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void NotNegative(string key, double value)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"{key} is {value}; it must be 0 or more");
        }
    }

    /// <summary>A number from 0 to below 1.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Share(string key, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentException($"{key} is {value}; it must be 0 to below 1");
        }
    }

    /// <summary>A text that is not empty.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Text(string key, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{key} is empty; it must name something");
        }
    }

    /// <summary>One of some words.</summary>
    /// <param name="key">The key, for the message.</param>
    /// <param name="value">Its value.</param>
    /// <param name="words">The words.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Word(string key, string value, ReadOnlySpan<string> words)
    {
        if (words.IndexOf(value) < 0)
        {
            throw new ArgumentException($"{key} is '{value}'; it must be one of {string.Join(", ", words!)}, did you mean '{NearestName.Find(value, words)}'?");
        }
    }
}
