using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.Methods;

/// <summary>From options to step rules.</summary>
internal static class Rules
{
    /// <summary>The rule that the options name, or null when they leave it to the method.</summary>
    public static StepRule? For(QuantizerOptions options) => options.Init is null ? null : StepRuleFactory.Create(options.Init, options.Percentile);

    /// <summary>Throws when the options name a rule that the method has no use for.</summary>
    public static void RefuseInit(QuantizerOptions options, string why)
    {
        if (options.Init is not null)
        {
            throw new ArgumentException($"there is no choice of a first step here, got init '{options.Init}': {why}; leave it out", nameof(options));
        }
    }
}
