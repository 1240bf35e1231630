using LowBit.Search.Cma;
using Xunit;

namespace LowBit.Search.Tests.Cma;

/// <summary>The constants of pycma and cmaes (tutorial), printed by those packages.</summary>
public class CmaConstantsTests
{
    [Theory]
    [InlineData(2, 6, 3, 2.028611, 2.431919, 0.446205, 0.573173, 1.446205, 0.624555, 0.154815, 0.057859, 0.085593, -2.207324, -2.207324)]
    [InlineData(5, 8, 4, 2.600179, 3.207072, 0.365088, 0.433972, 1.365088, 0.450200, 0.047292, 0.038169, 0.047859, -2.239019, -1.988158)]
    [InlineData(10, 10, 5, 3.167299, 3.989115, 0.284429, 0.319614, 1.284429, 0.294990, 0.015284, 0.020154, 0.023552, -1.758341, -1.648946)]
    [InlineData(20, 12, 6, 3.729459, 4.774595, 0.199428, 0.214350, 1.199428, 0.171767, 0.004372, 0.008191, 0.009217, -1.533774, -1.474402)]
    [InlineData(40, 15, 7, 4.540915, 5.889051, 0.132031, 0.137585, 1.132031, 0.093009, 0.001169, 0.003123, 0.003405, -1.374518, -1.343424)]
    [InlineData(100, 17, 8, 5.096189, 6.685961, 0.064454, 0.065647, 1.064454, 0.038913, 0.000195, 0.000633, 0.000681, -1.307939, -1.286206)]
    public void Defaults_equal_the_reference_packages(int n, int lambda, int mu, double muEff, double muEffMinus, double csTutorial, double csPycma, double ds, double cc,
        double c1, double cmuTutorial, double cmuPycma, double negativeTutorial, double negativePycma)
    {
        Assert.Equal(lambda, CmaConstants.DefaultLambda(n));
        CmaConstants tutorial = CmaConstants.For(n, lambda, CmaConvention.Tutorial), pycma = CmaConstants.For(n, lambda);
        foreach (CmaConstants both in new[] { tutorial, pycma })
        {
            Assert.Equal(mu, both.Mu);
            Assert.Equal(muEff, both.MuEff, 6);
            Assert.Equal(muEffMinus, both.MuEffMinus, 6);
            Assert.Equal(cc, both.Cc, 6);
            Assert.Equal(c1, both.C1, 6);
            Assert.Equal(1, both.Weights.Where(w => w > 0).Sum(), 14);
            Assert.Equal(lambda, both.Weights.Length);
        }

        Assert.Equal(csTutorial, tutorial.Cs, 6);
        Assert.Equal(csPycma, pycma.Cs, 6);
        Assert.Equal(ds, tutorial.Ds, 6);
        Assert.Equal(cmuTutorial, tutorial.Cmu, 6);
        Assert.Equal(cmuPycma, pycma.Cmu, 6);
        Assert.Equal(negativeTutorial, tutorial.WeightSum - 1, 6);
        Assert.Equal(negativePycma, pycma.WeightSum - 1, 6);
    }

    [Fact]
    public void Weights_for_ten_coordinates_equal_the_reference_packages()
    {
        double[] positive = [0.456273, 0.270753, 0.162231, 0.085234, 0.025510];
        AssertWeights([.. positive, -0.085321, -0.236477, -0.367414, -0.482908, -0.586222], CmaConstants.For(10, 10, CmaConvention.Tutorial));
        AssertWeights([.. positive, -0.080013, -0.221764, -0.344555, -0.452864, -0.549750], CmaConstants.For(10, 10));
    }

    [Fact]
    public void Diagonal_rates_equal_the_reference_packages()
    {
        CmaConstants pycma = CmaConstants.For(100, 17, CmaConvention.Pycma, diagonal: true), ros = CmaConstants.For(100, 17, CmaConvention.Tutorial, diagonal: true);
        Assert.Equal(0.105, pycma.Cc, 3);
        Assert.Equal(0.00833, pycma.C1, 5);
        Assert.Equal(0.0249, pycma.Cmu, 4);
        Assert.Equal(0.0385, ros.Cc, 4);
        Assert.Equal(0.000195, ros.C1, 6);
        Assert.Equal(0.0254, ros.Cmu, 3);
        Assert.DoesNotContain(ros.Weights, w => w < 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(200)]
    public void Any_population_keeps_the_covariance_positive(int lambda)
    {
        foreach (int n in new[] { 1, 2, 10, 300 })
        {
            foreach (CmaConvention convention in Enum.GetValues<CmaConvention>())
            {
                foreach (bool diagonal in new[] { false, true })
                {
                    CmaConstants c = CmaConstants.For(n, lambda, convention, diagonal);
                    double lost = c.C1 + c.Cmu + (n * c.Cmu * -c.Weights.Where(w => w < 0).Sum());
                    Assert.InRange(lost, 0, 1 + 1e-12);
                    Assert.InRange(c.Cs, 0, 1);
                    Assert.True(double.IsFinite(c.WeightSum));
                }
            }
        }
    }

    [Fact]
    public void Passive_search_has_no_negative_weights_and_a_single_point_is_refused()
    {
        Assert.DoesNotContain(CmaConstants.For(10, 10, active: false).Weights, w => w < 0);
        Assert.Contains("at least 2 points", Assert.Throws<ArgumentOutOfRangeException>(() => CmaConstants.For(3, 1)).Message, StringComparison.Ordinal);
    }

    private static void AssertWeights(double[] expected, CmaConstants constants)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], constants.Weights[i], 6);
        }
    }
}
