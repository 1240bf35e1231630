using System.CommandLine;
using System.CommandLine.Parsing;
using LowBit.Nn.Recipes;

namespace LowBit.Cli.Hosting;

/// <summary>Turns what the parser complains about into one sentence that names what was probably meant.</summary>
internal static class Suggestions
{
    /// <summary>
    /// A word that looks like an option but was taken as an argument (<c>train --resum x</c>), or null. After <c>--</c> everything is an argument.
    /// </summary>
    public static string? MistakenArgument(ParseResult parse)
    {
        if (parse.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return null;
        }

        return parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Concat(parse.CommandResult.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value.Length > 1 && value[0] == '-');
    }

    public static string Sentence(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        List<string> unmatched = [.. parse.UnmatchedTokens];
        if (MistakenArgument(parse) is { } mistaken)
        {
            unmatched.Insert(0, mistaken);
        }

        foreach (string token in unmatched)
        {
            if (token.StartsWith('-'))
            {
                return $"{Name(parse.CommandResult)} has no option '{token}'; did you mean '{NearestName.Find(token, Options(parse).ToArray())}'?";
            }

            if (command.Subcommands.Count > 0)
            {
                return $"there is no command '{token}'; did you mean '{NearestName.Find(token, [.. command.Subcommands.Select(sub => sub.Name)])}'?";
            }

            return $"{Name(parse.CommandResult)} does not expect '{token}'; run {Name(parse.CommandResult)} --help";
        }

        return command.Subcommands.Count > 0 && parse.Errors.Count > 0 && parse.Tokens.Count == 0
            ? $"name a command: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}"
            : $"{Lower(parse.Errors[0].Message)}; run {Name(parse.CommandResult)} --help";
    }

    /// <summary>A message without line breaks, parameter names and the full stop.</summary>
    public static string OneLine(string message)
    {
        int parameter = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        string text = parameter > 0 ? message[..parameter] : message;
        return text.ReplaceLineEndings(" ").TrimEnd().TrimEnd('.');
    }

    // All words that lead to a command: lowbit bench train.
    private static string Name(CommandResult result) => result.Command is not RootCommand && result.Parent is CommandResult parent
        ? $"{Name(parent)} {result.Command.Name}"
        : "lowbit";

    private static List<string> Options(ParseResult parse)
    {
        var names = new List<string>();
        for (SymbolResult? at = parse.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult result)
            {
                names.AddRange(result.Command.Options.Where(option => ReferenceEquals(at, parse.CommandResult) || option.Recursive).Select(option => option.Name));
            }
        }

        return names;
    }

    private static string Lower(string message)
    {
        string text = OneLine(message);
        return text.Length > 0 && !(text.Length > 1 && char.IsUpper(text[1])) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
