namespace LowBit.Methods.Allocation;

/// <summary>One variable at a smaller width.</summary>
/// <param name="Variable">Its index.</param>
/// <param name="Next">The allocation after the step.</param>
/// <param name="Removed">By how much the excess over the budget falls, above 0.</param>
internal sealed record BudgetStep(int Variable, BitAllocation Next, double Removed);
