namespace LowBit.Cli.Documents;

/// <summary>What <c>results --json</c> prints.</summary>
/// <param name="Rows">The runs.</param>
/// <param name="Table">The markdown file written; null for none.</param>
/// <param name="Curves">The SVG file written; null for none.</param>
internal sealed record ResultsDocument(IReadOnlyList<ResultRow> Rows, string? Table, string? Curves);
