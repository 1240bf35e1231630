namespace LowBit.Architecture.Tests;

/// <summary>
/// Finds methods by the house layout: a member of a type starts at four spaces (eight for a nested type) and its body
/// braces stand alone at the same indentation. Good to a line for code that <c>dotnet format</c> accepts.
/// </summary>
internal static class MethodReader
{
    /// <summary>Name and line count of each method with a brace body.</summary>
    public static IEnumerable<(string Name, int Lines)> Methods(string[] lines)
    {
        for (int i = 1; i < lines.Length; i++)
        {
            int indent = lines[i].Length - lines[i].TrimStart().Length;
            if (lines[i].Trim() != "{" || (indent != 4 && indent != 8))
            {
                continue;
            }

            string head = Head(lines, i, indent);
            if (!head.Contains('(', StringComparison.Ordinal) || IsTypeOrStatement(head))
            {
                continue;
            }

            int end = i + 1;
            string close = new string(' ', indent) + "}";
            while (end < lines.Length && !lines[end].StartsWith(close, StringComparison.Ordinal))
            {
                end++;
            }

            yield return (head.Trim(), end - i + 1);
        }
    }

    private static string Head(string[] lines, int brace, int indent)
    {
        for (int i = brace - 1; i >= 0; i--)
        {
            string line = lines[i];
            int depth = line.Length - line.TrimStart().Length;
            if (line.Length > 0 && depth == indent)
            {
                return line;
            }

            if (line.Length > 0 && depth < indent)
            {
                return "";
            }
        }

        return "";
    }

    private static bool IsTypeOrStatement(string head)
    {
        string[] words = head.Trim().Split(' ', '(');
        return words.Any(word => word is "class" or "struct" or "record" or "interface" or "enum" or "extension")
            || words[0] is "if" or "for" or "foreach" or "while" or "switch" or "using" or "lock" or "fixed" or "else" or "try" or "catch" or "finally" or "do" or "unsafe";
    }
}
