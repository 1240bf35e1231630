namespace LowBit.TestKit;

/// <summary>Where the repository's own files are, seen from a test's output folder.</summary>
public static class RepositoryPaths
{
    /// <summary>The variable that points the golden tests at values made with another seed.</summary>
    public const string GoldenVariable = "LOWBIT_GOLDEN";

    /// <summary>The folder of LowBit.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of the golden files: <c>tests/golden</c>, or what <c>LOWBIT_GOLDEN</c> names.</summary>
    public static string Golden => Environment.GetEnvironmentVariable(GoldenVariable) is { Length: > 0 } other ? other : Path.Combine(Root, "tests", "golden");

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "LowBit.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no LowBit.sln above {AppContext.BaseDirectory}; run the tests from a checkout");
    }
}
