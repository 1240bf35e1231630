using LowBit.Cli.Hosting;
using LowBit.Data.Augmentation;
using LowBit.Data.Batches;
using LowBit.Data.Sets;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>Data sets in the forms that commands need.</summary>
internal static class Sources
{
    /// <summary>Loads one split of a named set.</summary>
    public static ImageSet Load(CommandContext context, string name, Split split)
        => DataSets.Load(name, split, context.Cache(), size: null, context.Stop);

    /// <summary>What a model must know about a set; the normalization is that of the training images unless the recipe names another.</summary>
    public static DataFacts Facts(ImageSet train, DataSection? data = null)
    {
        var normalization = Normalization.For(train);
        var facts = new DataFacts
        {
            Classes = train.Classes,
            Height = train.Height,
            Width = train.Width,
            Channels = train.Channels,
            Mean = data?.Mean ?? normalization.Mean,
            Deviation = data?.Deviation ?? normalization.Std,
            ClassNames = [.. train.ClassNames],
        };
        return facts.Mean.Length == train.Channels
            ? facts
            : throw new UsageException($"data.mean has {facts.Mean.Length} numbers, the images of {train.Name} have {train.Channels} channels; give one for each");
    }

    /// <summary>Training images as a recipe says: shuffled, augmented, incomplete batches dropped.</summary>
    public static TrainingImages Training(ImageSet set, Recipe recipe, DataFacts facts)
        => new(new BatchSource(
            recipe.Data.TrainImages > 0 ? set.Take(recipe.Data.TrainImages) : set,
            new BatchOptions(
                recipe.Data.Batch,
                Shuffle: true,
                new AugmentationOptions(recipe.Data.Pad, recipe.Data.Flip),
                new Normalization(facts.Mean, facts.Deviation),
                recipe.Training.Seed,
                DropLast: true)));

    /// <summary>Test images in order, unchanged but normalised as the model expects.</summary>
    public static TrainingImages Evaluation(ImageSet set, DataFacts facts, int batch)
    {
        RequireFit(set, facts);
        return new TrainingImages(new BatchSource(
            set, new BatchOptions(batch, Shuffle: false, AugmentationOptions.None, new Normalization(facts.Mean, facts.Deviation))));
    }

    /// <summary>Throws unless the set has the sizes that the model was made for.</summary>
    public static void RequireFit(ImageSet set, DataFacts facts)
    {
        if ((set.Height, set.Width, set.Channels, set.Classes) != (facts.Height, facts.Width, facts.Channels, facts.Classes))
        {
            throw new UsageException(
                $"the model takes {facts.Height}x{facts.Width}x{facts.Channels} images of {facts.Classes} classes, {set.Name} has {set.Height}x{set.Width}x{set.Channels} of {set.Classes}; name the data it was trained on");
        }
    }
}
