using LowBit.Nn;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Methods.GradFreeBits;

/// <summary>Where a search gets its images.</summary>
public interface ISearchData
{
    /// <summary>Sizes, classes, normalisation.</summary>
    DataFacts Facts { get; }

    /// <summary>Loads PyTorch's weights from a <c>.safetensors</c> file into a model, for a foreign teacher; null when there is no reader.</summary>
    Action<Module, string>? LoadForeign { get; }

    /// <summary>Training and test images for a run; the caller does not dispose them.</summary>
    /// <param name="recipe">Batch, augmentation, seed.</param>
    TrainingSources ForTraining(Recipe recipe);

    /// <summary>Training images without augmentation, shuffled anew in every epoch, incomplete batches left out: on these candidates are judged.</summary>
    /// <param name="recipe">Data and seed.</param>
    /// <param name="batch">Images of a batch.</param>
    IBatchSource ForCandidates(Recipe recipe, int batch);
}
