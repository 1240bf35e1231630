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

    /// <summary>
    /// Training images, shuffled and augmented as in training: on these candidates are judged. Without the augmentation the statistics of a batch would be others than those
    /// that the model was trained with (padded borders lessen the variance), which costs low bits more than it costs many.
    /// </summary>
    /// <param name="recipe">Data, augmentation and seed; its batch is not used.</param>
    /// <param name="batch">Images of a batch.</param>
    IBatchSource ForCandidates(Recipe recipe, int batch);
}
