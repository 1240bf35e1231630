using LowBit.Data.Downloads;
using LowBit.Data.Glyphs;
using LowBit.Data.Readers;

namespace LowBit.Data.Sets;

/// <summary>Data sets by the names of the command line.</summary>
public static class DataSets
{
    /// <summary>The name that marks an image folder: <c>folder:PATH</c>.</summary>
    public const string FolderPrefix = "folder:";

    private static readonly string[] s_cifar10Names =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly string[] s_fashionNames =
        ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    /// <summary>The known names; besides them <c>folder:PATH</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["glyphs", "mnist", "fashion-mnist", "cifar10", "cifar100"];

    /// <summary>Loads one split of a set into memory, downloading it when it is not in the cache.</summary>
    /// <param name="name">One of <see cref="Names"/>, with or without dashes, or <c>folder:PATH</c>.</param>
    /// <param name="split">Training or test images.</param>
    /// <param name="cache">Where the files are kept.</param>
    /// <param name="size">For image folders: the size that pictures are brought to, or null for their own.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="DataUnavailableException">The name is unknown, or the data cannot be fetched.</exception>
    /// <exception cref="DataFormatException">A file is damaged.</exception>
    public static ImageSet Load(string name, Split split, DataCache cache, ImageSize? size = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(cache);
        if (name.StartsWith(FolderPrefix, StringComparison.Ordinal))
        {
            return LoadFolder(name[FolderPrefix.Length..], split, size);
        }

        return name.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal) switch
        {
            "glyphs" => GlyphSet.Make(split),
            "mnist" => LoadIdx(cache.Require(RemoteSet.Mnist, cancellation), split, "mnist", Digits()),
            "fashionmnist" => LoadIdx(cache.Require(RemoteSet.FashionMnist, cancellation), split, "fashion-mnist", s_fashionNames),
            "cifar10" => LoadCifar(cache.Require(RemoteSet.Cifar10, cancellation), split, "cifar10", s_cifar10Names),
            "cifar100" => LoadCifar(cache.Require(RemoteSet.Cifar100, cancellation), split, "cifar100", Numbers(100)),
            _ => throw new DataUnavailableException($"there is no data set '{name}'; known are {string.Join(", ", Names)} and {FolderPrefix}PATH"),
        };
    }

    /// <summary>
    /// Joins an idx image file and an idx label file to a set.
    /// </summary>
    /// <param name="images">The idx3 file.</param>
    /// <param name="labels">The idx1 file.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="classNames">One name per class.</param>
    /// <exception cref="DataFormatException">A file is damaged, or the two do not fit each other.</exception>
    public static ImageSet FromIdx(string images, string labels, string name, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        IdxImages pictures = IdxReader.ReadImages(images);
        byte[] numbers = IdxReader.ReadLabels(labels);
        if (numbers.Length != pictures.Count || numbers.Length == 0)
        {
            throw new DataFormatException(labels, "label count", 4, $"{numbers.Length} labels for {pictures.Count} images in {images}");
        }

        var classes = new int[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] >= classNames.Count)
            {
                throw new DataFormatException(labels, $"label {i}", 8 + i, $"{numbers[i]} is outside 0..{classNames.Count - 1}");
            }

            classes[i] = numbers[i];
        }

        return new ImageSet(name, pictures.Height, pictures.Width, 1, pictures.Pixels, classes, classNames);
    }

    private static ImageSet LoadIdx(IReadOnlyList<string> paths, Split split, string name, string[] classNames)
        => split == Split.Train ? FromIdx(paths[0], paths[1], name, classNames) : FromIdx(paths[2], paths[3], name, classNames);

    private static ImageSet LoadCifar(IReadOnlyList<string> paths, Split split, string name, string[] classNames)
    {
        int first = split == Split.Train ? 0 : paths.Count - 1;
        int end = split == Split.Train ? paths.Count - 1 : paths.Count;
        var parts = new List<CifarRecords>();
        int count = 0;
        for (int i = first; i < end; i++)
        {
            parts.Add(CifarReader.Read(paths[i], classNames.Length));
            count += parts[^1].Count;
        }

        var pixels = new byte[count * CifarReader.Side * CifarReader.Side * 3];
        var labels = new int[count];
        int at = 0;
        foreach (CifarRecords part in parts)
        {
            part.Pixels.CopyTo(pixels, at * CifarReader.Side * CifarReader.Side * 3);
            part.Labels.CopyTo(labels, at);
            at += part.Count;
        }

        return new ImageSet(name, CifarReader.Side, CifarReader.Side, 3, pixels, labels, classNames);
    }

    // DIR/train and DIR/test when both exist; otherwise every tenth picture of DIR is for the test.
    private static ImageSet LoadFolder(string folder, Split split, ImageSize? size)
    {
        string train = Path.Combine(folder, "train");
        string test = Path.Combine(folder, "test");
        if (Directory.Exists(train) && Directory.Exists(test))
        {
            ImageSet training = ImageFolderReader.Read(train, FolderPrefix + folder, size);
            return split == Split.Train ? training : TestFolder(test, folder, training, size?.Resize ?? false);
        }

        ImageSet all = ImageFolderReader.Read(folder, FolderPrefix + folder, size);
        return Part(all, split);
    }

    private static ImageSet TestFolder(string test, string folder, ImageSet training, bool resize)
    {
        ImageSet set = ImageFolderReader.Read(test, FolderPrefix + folder, new ImageSize(training.Height, training.Width, training.Channels, resize));
        for (int i = 0; i < Math.Max(set.Classes, training.Classes); i++)
        {
            if (i >= set.Classes || i >= training.Classes || set.ClassNames[i] != training.ClassNames[i])
            {
                throw new DataFormatException($"{test} has other class folders than its neighbour train ({string.Join(", ", set.ClassNames)} against {string.Join(", ", training.ClassNames)})");
            }
        }

        return set;
    }

    private static ImageSet Part(ImageSet all, Split split)
    {
        var pixels = new List<byte>();
        var labels = new List<int>();
        for (int i = 0; i < all.Count; i++)
        {
            if ((i % 10 == 9) == (split == Split.Test))
            {
                pixels.AddRange(all.Image(i));
                labels.Add(all.Labels[i]);
            }
        }

        return labels.Count > 0
            ? new ImageSet(all.Name, all.Height, all.Width, all.Channels, [.. pixels], [.. labels], all.ClassNames)
            : throw new DataFormatException($"{all.Name} holds {all.Count} pictures, too few for a test part of one in ten");
    }

    private static string[] Digits() => Numbers(10);

    private static string[] Numbers(int count)
    {
        var names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = $"{i}";
        }

        return names;
    }
}
