using System.Text.Json;
using LowBit.Kernels.Files;
using LowBit.Methods.Recipes;

namespace LowBit.Methods.GradFreeBits;

/// <summary>Where a gradient-free round stands, as it is saved after every generation beside the optimiser's own file.</summary>
public sealed record RoundState
{
    private const string FileName = "state.json";

    /// <summary>Hash of the search recipe.</summary>
    public string RecipeHash { get; set; } = "";

    /// <summary>Where the distribution started: text of an allocation.</summary>
    public string Start { get; set; } = "";

    /// <summary>Generations so far.</summary>
    public GenerationRecord[] History { get; set; } = [];

    /// <summary>Everything judged so far.</summary>
    public ScoredCandidate[] Candidates { get; set; } = [];

    /// <summary>Candidates told to the optimiser so far, equal ones counted each time.</summary>
    public long Evaluations { get; set; }

    /// <summary>Candidates judged again at the end; empty before.</summary>
    public string[] Finalists { get; set; } = [];

    /// <summary>Batches on which the finalists were judged.</summary>
    public int[] FinalBatches { get; set; } = [];

    /// <summary>The choice; null before the end.</summary>
    public string? Chosen { get; set; }

    /// <summary>Seconds spent, over all sessions.</summary>
    public double Seconds { get; set; }

    /// <summary>Images that all candidates of all generations would have passed through the model, each judged by itself.</summary>
    public double ImagesAsked { get; set; }

    /// <summary>Images that did: common beginnings, equal candidates and batches seen before cost nothing; parts of a model count by their multiply-adds.</summary>
    public double ImagePasses { get; set; }

    /// <summary>Reads the state of a round.</summary>
    /// <param name="folder">The round's folder.</param>
    /// <param name="recipeHash">Hash of the search recipe that it must belong to.</param>
    /// <returns>The state, or null when the folder holds none.</returns>
    /// <exception cref="LowBitFormatException">The file is damaged, or of another search.</exception>
    public static RoundState? Read(string folder, string recipeHash)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            RoundState? state = JsonSerializer.Deserialize(File.ReadAllBytes(path), SearchJson.Default.RoundState);
            if (state?.History is null || state.Candidates is null || state.RecipeHash != recipeHash)
            {
                throw new LowBitFormatException(path, "recipeHash", -1, "this round belongs to a search with another recipe, or another version of lowbit began it; name another folder");
            }

            return state;
        }
        catch (JsonException e)
        {
            throw new LowBitFormatException(path, e.Path ?? "state", -1, "this is no state of a round, or it is damaged; remove its folder to run the round anew", e);
        }
    }

    /// <summary>Writes the state; a kill leaves the old or the new file.</summary>
    /// <param name="folder">The round's folder; made when it is missing.</param>
    public void Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SearchJson.Default.RoundState));
    }
}
