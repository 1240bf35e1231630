using LowBit.Data.Sets;

namespace LowBit.Data.Tests.Glyphs;

/// <summary>Softmax regression by plain stochastic gradient descent with a decaying step: what a model without hidden layers can do.</summary>
internal static class LinearClassifier
{
    public static double TrainAndTest(ImageSet train, ImageSet test, int epochs)
    {
        int inputs = train.ImageLength;
        int classes = train.Classes;
        var weights = new float[classes][];
        for (int c = 0; c < classes; c++)
        {
            weights[c] = new float[inputs + 1];
        }

        var x = new float[inputs + 1];
        var p = new float[classes];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            float rate = 0.01f / (1 + epoch);
            for (int i = 0; i < train.Count; i++)
            {
                Load(train.Image(i), x);
                Probabilities(weights, x, p);
                p[train.Labels[i]] -= 1;
                for (int c = 0; c < classes; c++)
                {
                    float step = rate * p[c];
                    float[] row = weights[c];
                    for (int k = 0; k < row.Length; k++)
                    {
                        row[k] -= step * x[k];
                    }
                }
            }
        }

        int right = 0;
        for (int i = 0; i < test.Count; i++)
        {
            Load(test.Image(i), x);
            Probabilities(weights, x, p);
            right += Array.IndexOf(p, p.Max()) == test.Labels[i] ? 1 : 0;
        }

        return right / (double)test.Count;
    }

    private static void Load(ReadOnlySpan<byte> image, float[] x)
    {
        for (int k = 0; k < image.Length; k++)
        {
            x[k] = (image[k] / 255f) - 0.25f;
        }

        x[image.Length] = 1;
    }

    private static void Probabilities(float[][] weights, float[] x, float[] p)
    {
        for (int c = 0; c < p.Length; c++)
        {
            p[c] = Dot(weights[c], x);
        }

        float top = p.Max();
        float sum = 0;
        for (int c = 0; c < p.Length; c++)
        {
            p[c] = MathF.Exp(p[c] - top);
            sum += p[c];
        }

        for (int c = 0; c < p.Length; c++)
        {
            p[c] /= sum;
        }
    }

    private static float Dot(float[] a, float[] b)
    {
        float sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }
}
