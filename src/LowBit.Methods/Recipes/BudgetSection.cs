using System.Globalization;
using System.Text.Json.Serialization;
using LowBit.Methods.Allocation;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>budget</c> part of a search recipe: each limit is a pair of widths, for what the uniform model of those bits costs, or a number.</summary>
public sealed record BudgetSection
{
    /// <summary>Bytes of packed weights: <c>w3a3</c>, or a number; null for no limit.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public string? Bytes { get; set; }

    /// <summary>Bytes of the packed activations of one image: <c>w3a3</c>, or a number; null for no limit.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public string? ActivationBytes { get; set; }

    /// <summary>Bit operations of one image, <c>Σ MACs·b_w·b_a</c>: <c>w3a3</c>, or a number; null for no limit.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public string? BitOperations { get; set; }

    /// <summary>Milliseconds of the layers for one image on one thread of this machine: <c>w3a3</c>, or a number; null for no limit.</summary>
    [JsonConverter(typeof(LimitConverter))]
    public string? Milliseconds { get; set; }

    /// <summary>The limits as numbers.</summary>
    /// <param name="costs">Costs of the model; with times when there is a limit of them.</param>
    public Budget ToBudget(CostModel costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        return new Budget(
            Limit("budget.bytes", Bytes, costs, static cost => cost.Bytes),
            Limit("budget.activationBytes", ActivationBytes, costs, static cost => cost.ActivationBytes),
            Limit("budget.bitOperations", BitOperations, costs, static cost => cost.BitOperations),
            Limit("budget.milliseconds", Milliseconds, costs, static cost => cost.Milliseconds));
    }

    /// <summary>The widths of a limit such as <c>w3a3</c>; null for anything else.</summary>
    /// <param name="text">The limit.</param>
    public static (int Weights, int Activations)? Pair(string? text)
        => text is ['w', >= '1' and <= '8', 'a', >= '1' and <= '8'] ? (text[1] - '0', text[3] - '0') : null;

    internal void Validate()
    {
        if (Bytes is null && ActivationBytes is null && BitOperations is null && Milliseconds is null)
        {
            throw new ArgumentException("budget is empty; set budget.bytes, budget.activationBytes, budget.bitOperations or budget.milliseconds, for example to \"w3a3\"");
        }

        foreach ((string key, string? text) in (ReadOnlySpan<(string, string?)>)
            [("budget.bytes", Bytes), ("budget.activationBytes", ActivationBytes), ("budget.bitOperations", BitOperations), ("budget.milliseconds", Milliseconds)])
        {
            if (text is not null && Pair(text) is null && Number(text) is null)
            {
                throw new ArgumentException($"{key} is '{text}'; write a pair of widths such as w3a3, or a number above 0");
            }
        }
    }

    private static double? Limit(string key, string? text, CostModel costs, Func<AllocationCost, double> part)
    {
        if (text is null)
        {
            return null;
        }

        double limit = Number(text) ?? (Pair(text) is { } pair ? part(costs.OfUniform(pair.Weights, pair.Activations)) : double.NaN);
        return limit > 0 ? limit : throw new ArgumentException(
            double.IsNaN(limit) && Pair(text) is not null
                ? $"{key} is '{text}', but only the widths of train.quantization.widths are timed; add those, or give milliseconds as a number"
                : $"{key} is '{text}', which gives no limit above 0");
    }

    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number) ? number : null;
}
