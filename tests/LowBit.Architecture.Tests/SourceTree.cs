using System.Runtime.CompilerServices;

namespace LowBit.Architecture.Tests;

/// <summary>The checkout as text: what the rules read.</summary>
internal static class SourceTree
{
    private static readonly string[] s_areas = ["kernels", "src", "tools", "tests", "bench"];

    /// <summary>The folder that holds LowBit.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All C# files of the given top folders (all of them when none is named), relative to <see cref="Root"/>, with forward slashes.</summary>
    public static IReadOnlyList<string> CSharpFiles(params string[] areas)
        => Files("*.cs", areas.Length == 0 ? s_areas : areas);

    /// <summary>All project files.</summary>
    public static IReadOnlyList<string> Projects() => Files("*.csproj", s_areas);

    /// <summary>The text of a file.</summary>
    public static string Text(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    /// <summary>The lines of a file.</summary>
    public static string[] Lines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    /// <summary>True when a file or folder of that name exists.</summary>
    public static bool Exists(string relative)
        => File.Exists(Path.Combine(Root, relative)) || Directory.Exists(Path.Combine(Root, relative));

    /// <summary>Files below the given top folders, without build output.</summary>
    public static IReadOnlyList<string> Files(string pattern, params string[] areas)
    {
        var found = new List<string>();
        foreach (string area in areas)
        {
            string folder = Path.Combine(Root, area);
            if (!Directory.Exists(folder))
            {
                continue;
            }

            foreach (string file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(Root, file).Replace('\\', '/');
                if (!relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal))
                {
                    found.Add(relative);
                }
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static string FindRoot([CallerFilePath] string self = "")
    {
        for (string? folder = Path.GetDirectoryName(self); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "LowBit.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"no LowBit.sln above {self}");
    }
}
