namespace LowBit.Methods.Candidates;

/// <summary>What candidates are judged by.</summary>
public enum CandidateLoss
{
    /// <summary>Cross-entropy against the labels, the paper's.</summary>
    CrossEntropy,

    /// <summary>
    /// T²·KL(p ‖ q) of the class probabilities at temperature T of the most bits of all variables, p, and of the candidate, q; 0 for the most bits themselves. ZeroQ (Cai et al. 2020,
    /// arXiv:2001.00281, equation 4) measures sensitivities so, with T = 1.
    /// </summary>
    /// <remarks>Where the training images are almost fitted, their cross-entropy hangs on a few of them; at T = 4 this hangs on all.</remarks>
    Divergence,
}
