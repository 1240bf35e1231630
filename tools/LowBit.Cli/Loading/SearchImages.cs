using LowBit.Cli.Hosting;
using LowBit.Data.Sets;
using LowBit.Methods.GradFreeBits;
using LowBit.Nn;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>A named data set as a search sees it; every stretch of training has sources of its own.</summary>
internal sealed class SearchImages : ISearchData, IDisposable
{
    private readonly ImageSet _train;
    private readonly ImageSet _test;
    private readonly List<TrainingImages> _sources = [];

    public SearchImages(CommandContext context, Recipe recipe)
        : this(
            Sources.Load(context, recipe.Data.Set, Split.Train),
            Sources.Load(context, recipe.Data.Set, Split.Test),
            recipe,
            (model, path) => ForeignModel.LoadWeights(context, model, path))
    {
    }

    public SearchImages(ImageSet train, ImageSet test, Recipe recipe, Action<Module, string>? loadForeign)
    {
        _train = train;
        _test = recipe.Data.TestImages > 0 ? test.Take(recipe.Data.TestImages) : test;
        Facts = Sources.Facts(_train, recipe.Data);
        LoadForeign = loadForeign;
    }

    public DataFacts Facts { get; }

    public Action<Module, string>? LoadForeign { get; }

    /// <summary>The test images.</summary>
    public ImageSet Test => _test;

    public TrainingSources ForTraining(Recipe recipe)
        => new(Owned(Sources.Training(_train, recipe, Facts)), Owned(Sources.Evaluation(_test, Facts, recipe.Data.EvaluationBatch)));

    public IBatchSource ForCandidates(Recipe recipe, int batch)
        => Owned(Sources.Training(_train, recipe with { Data = recipe.Data with { Batch = batch } }, Facts));

    public void Dispose()
    {
        foreach (TrainingImages source in _sources)
        {
            source.Dispose();
        }
    }

    private TrainingImages Owned(TrainingImages source)
    {
        _sources.Add(source);
        return source;
    }
}
