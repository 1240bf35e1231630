using LowBit.Methods.Allocation;
using LowBit.Nn;
using LowBit.Nn.Layers;
using LowBit.Tensors;

namespace LowBit.Methods.Candidates;

/// <summary>A stretch of a model that runs at once: children <c>[Start, End)</c> of a row, or a whole module.</summary>
internal sealed class CandidateStage
{
    private readonly Module _module;
    private readonly int _start;
    private readonly int _end;

    private CandidateStage(Module module, int start, int end, int[] variables, long multiplyAdds)
    {
        (_module, _start, _end) = (module, start, end);
        Variables = variables;
        MultiplyAdds = multiplyAdds;
    }

    /// <summary>Variables whose quantizers are inside, ascending.</summary>
    public int[] Variables { get; }

    /// <summary>Of one image.</summary>
    public long MultiplyAdds { get; }

    public Tensor Forward(Tensor x) => _module is Sequential row ? row.ForwardPart(x, _start, _end) : _module.Forward(x);

    /// <summary>
    /// Cuts a model in front of every module of a row that holds both weights and variables; what follows such a module up to the next cut belongs to it,
    /// so that convolution, norm and quantizer stay one pass.
    /// </summary>
    public static List<CandidateStage> Cut(Module model, BitSpace space)
    {
        var stages = new List<CandidateStage>();
        var cutter = new Cutter(space, stages);
        if (model is Sequential row)
        {
            cutter.Row("", row);
        }
        else
        {
            cutter.Whole("", model);
        }

        return stages;
    }

    private sealed class Cutter(BitSpace space, List<CandidateStage> stages)
    {
        public void Whole(string path, Module module) => stages.Add(new CandidateStage(module, 0, 0, [.. VariablesIn(path)], LayersIn(path).Sum(static slot => slot.MultiplyAdds)));

        public void Row(string path, Sequential row)
        {
            int start = 0;
            for (int i = 0; i < row.Children.Count; i++)
            {
                (string name, Module child) = row.Children[i];
                string inside = path.Length == 0 ? name : $"{path}.{name}";
                if (!LayersIn(inside).Any() || !VariablesIn(inside).Any())
                {
                    continue;
                }

                Close(path, row, start, i);
                start = i;
                if (child is Sequential inner)
                {
                    Row(inside, inner);
                    start = i + 1;
                }
            }

            Close(path, row, start, row.Children.Count);
        }

        private void Close(string path, Sequential row, int start, int end)
        {
            if (start == end)
            {
                return;
            }

            var variables = new SortedSet<int>();
            long multiplyAdds = 0;
            for (int i = start; i < end; i++)
            {
                string inside = path.Length == 0 ? row.Children[i].Name : $"{path}.{row.Children[i].Name}";
                variables.UnionWith(VariablesIn(inside));
                multiplyAdds += LayersIn(inside).Sum(static slot => slot.MultiplyAdds);
            }

            stages.Add(new CandidateStage(row, start, end, [.. variables], multiplyAdds));
        }

        private IEnumerable<LayerSlot> LayersIn(string path) => space.Layers.Where(slot => IsInside(slot.Path, path));

        private IEnumerable<int> VariablesIn(string path) => Enumerable.Range(0, space.Variables.Count).Where(v => IsInside(space.Variables[v].Path, path));

        private static bool IsInside(string inner, string outer)
            => outer.Length == 0 || inner == outer || (inner.StartsWith(outer, StringComparison.Ordinal) && inner[outer.Length] == '.');
    }
}
