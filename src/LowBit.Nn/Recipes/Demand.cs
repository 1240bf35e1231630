namespace LowBit.Nn.Recipes;

/// <summary>One sentence for each way a recipe's value can be wrong.</summary>
internal static class Demand
{
    public static void Range(string key, int value, int low, int high)
    {
        if (value < low || value > high)
        {
            throw new ArgumentException(high == int.MaxValue ? $"{key} is {value}; it must be {low} or more" : $"{key} is {value}; it must be {low} to {high}");
        }
    }

    public static void Positive(string key, double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"{key} is {value}; it must be above 0");
        }
    }

    public static void NotNegative(string key, double value)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"{key} is {value}; it must be 0 or more");
        }
    }

    public static void Share(string key, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentException($"{key} is {value}; it must be 0 to below 1");
        }
    }

    public static void Text(string key, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{key} is empty; it must name something");
        }
    }

    public static void Word(string key, string value, ReadOnlySpan<string> words)
    {
        if (words.IndexOf(value) < 0)
        {
            throw new ArgumentException($"{key} is '{value}'; it must be one of {string.Join(", ", words!)}, did you mean '{NearestName.Find(value, words)}'?");
        }
    }
}
