using LowBit.Search.Numerics;
using Xunit;

namespace LowBit.Search.Tests.Numerics;

public class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(41)]
    [InlineData(100)]
    public void Random_matrices_are_rebuilt_and_vectors_are_orthonormal(int n)
    {
        var random = new Philox((ulong)n);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                a[(i * n) + j] = a[(j * n) + i] = random.NextNormal();
            }
        }

        AssertDecomposes(n, a);
    }

    [Fact]
    public void Condition_numbers_of_1e14_stay_accurate()
    {
        const int N = 12;
        double[] a = new double[N * N];
        for (int j = 0; j < N; j++)
        {
            a[(j * N) + j] = Math.Pow(1e14, j / (N - 1.0));
        }

        (double[] values, _) = AssertDecomposes(N, a);
        Assert.Equal(1, values[0], 12);
        Assert.Equal(1e14, values[^1], 1e14 * 1e-15);
    }

    [Fact]
    public void The_second_difference_has_its_known_eigenvalues()
    {
        const int N = 20;
        double[] a = new double[N * N];
        for (int i = 0; i < N; i++)
        {
            a[(i * N) + i] = 2;
            if (i > 0)
            {
                a[(i * N) + i - 1] = a[((i - 1) * N) + i] = -1;
            }
        }

        (double[] values, _) = AssertDecomposes(N, a);
        for (int k = 1; k <= N; k++)
        {
            Assert.Equal(2 - (2 * Math.Cos(Math.PI * k / (N + 1))), values[k - 1], 13);
        }
    }

    [Fact]
    public void Equal_eigenvalues_and_zero_matrices_are_no_special_case()
    {
        AssertDecomposes(5, new double[25]);
        double[] identityPlusRankOne = new double[36];
        Array.Fill(identityPlusRankOne, 0.5);
        for (int i = 0; i < 6; i++)
        {
            identityPlusRankOne[(i * 6) + i] += 1;
        }

        (double[] values, _) = AssertDecomposes(6, identityPlusRankOne);
        Assert.All(values[..5], value => Assert.Equal(1, value, 13));
        Assert.Equal(4, values[5], 13);
    }

    [Fact]
    public void Wrong_sizes_and_numbers_are_named()
    {
        Assert.Contains("needs 4 entries", Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose(new double[3], new double[2], new double[4])).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose([double.NaN], new double[1], new double[1])).Message, StringComparison.Ordinal);
        SymmetricEigen.Decompose([], [], []);
    }

    /// <summary>Residual and orthogonality within 8 n ε of the largest eigenvalue, a few times what Householder and QL guarantee.</summary>
    private static (double[] Values, double[] Vectors) AssertDecomposes(int n, double[] a)
    {
        var (values, vectors) = (new double[n], new double[n * n]);
        SymmetricEigen.Decompose(a, values, vectors);
        double bound = 8 * n * 2.22e-16;
        double scale = Math.Max(values.Max(Math.Abs), 1e-300);
        for (int i = 0; i < n; i++)
        {
            Assert.True(i == 0 || values[i] >= values[i - 1], "eigenvalues ascend");
            for (int j = 0; j < n; j++)
            {
                double inner = 0, product = 0;
                for (int k = 0; k < n; k++)
                {
                    inner += vectors[(i * n) + k] * vectors[(j * n) + k];
                    product += a[(j * n) + k] * vectors[(i * n) + k];
                }

                Assert.InRange(inner - (i == j ? 1 : 0), -bound, bound);
                Assert.InRange((product - (values[i] * vectors[(i * n) + j])) / scale, -bound, bound);
            }
        }

        return (values, vectors);
    }
}
