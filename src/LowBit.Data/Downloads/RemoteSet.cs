namespace LowBit.Data.Downloads;

/// <summary>The files of one data set and where they are published.</summary>
/// <param name="Name">The set's name on the command line.</param>
/// <param name="Addresses">Folders (ending in a slash) that publish the files, first choice first.</param>
/// <param name="Files">What the cache must hold.</param>
/// <param name="Archive">The tar.gz that holds the files, or null when each file is published by itself. Its Path is the published name.</param>
public sealed record RemoteSet(string Name, IReadOnlyList<Uri> Addresses, IReadOnlyList<RemoteFile> Files, RemoteFile? Archive = null)
{
    /// <summary>MNIST, LeCun, Cortes, Burges: 60,000 + 10,000 gray 28×28 digits, four idx files.</summary>
    public static RemoteSet Mnist { get; } = new(
        "mnist",
        [new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/"), new Uri("https://storage.googleapis.com/cvdf-datasets/mnist/")],
        [
            new("mnist/train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            new("mnist/train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
            new("mnist/t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
            new("mnist/t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
        ]);

    /// <summary>Fashion-MNIST, Xiao, Rasul, Vollgraf 2017: 60,000 + 10,000 gray 28×28 pictures of clothing, four idx files.</summary>
    public static RemoteSet FashionMnist { get; } = new(
        "fashion-mnist",
        [new Uri("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
        [
            new("fashion-mnist/train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            new("fashion-mnist/train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
            new("fashion-mnist/t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
            new("fashion-mnist/t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
        ]);

    /// <summary>CIFAR-10, Krizhevsky 2009: 50,000 + 10,000 colour 32×32 pictures.</summary>
    public static RemoteSet Cifar10 { get; } = new(
        "cifar10",
        [new Uri("https://www.cs.toronto.edu/~kriz/")],
        [
            new("cifar-10/cifar-10-batches-bin/data_batch_1.bin", 30_730_000, "5dd7e06a14cb22eb9f671a540d1b7c25"),
            new("cifar-10/cifar-10-batches-bin/data_batch_2.bin", 30_730_000, "5ea93a67294ea407fff1d09f752e9692"),
            new("cifar-10/cifar-10-batches-bin/data_batch_3.bin", 30_730_000, "942cd6a4bcdd0dd3c604fbe906cb4421"),
            new("cifar-10/cifar-10-batches-bin/data_batch_4.bin", 30_730_000, "ae636b3ba5c66a11e91e8cb52e771fcb"),
            new("cifar-10/cifar-10-batches-bin/data_batch_5.bin", 30_730_000, "53f37980c15c3d472c316c40844f3f0d"),
            new("cifar-10/cifar-10-batches-bin/test_batch.bin", 30_730_000, "803d5f7f4d78ea53de84dbe85f74fb6d"),
        ],
        new RemoteFile("cifar-10-binary.tar.gz", 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530"));

    /// <summary>CIFAR-100, Krizhevsky 2009: 50,000 + 10,000 colour 32×32 pictures, the 100 fine labels.</summary>
    public static RemoteSet Cifar100 { get; } = new(
        "cifar100",
        [new Uri("https://www.cs.toronto.edu/~kriz/")],
        [
            new("cifar-100/cifar-100-binary/train.bin", 153_700_000, null),
            new("cifar-100/cifar-100-binary/test.bin", 30_740_000, null),
        ],
        new RemoteFile("cifar-100-binary.tar.gz", 168_513_733, "03b5dce01913d631647c71ecec9e9cb8"));
}
