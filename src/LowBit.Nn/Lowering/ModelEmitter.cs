using LowBit.Kernels.Codes;
using LowBit.Kernels.Requantization;
using LowBit.Nn.Lowering.Graph;
using LowBit.Runtime.Models;

namespace LowBit.Nn.Lowering;

/// <summary>
/// Writes sorted steps as an <see cref="IntegerModel"/>: flips the codes of channels with a negative factor, packs weights, and folds
/// zero points into offsets.
/// </summary>
internal sealed class ModelEmitter
{
    private readonly List<IntegerEdge> _edges = [];
    private readonly List<IntegerNode> _nodes = [];
    private readonly Dictionary<CodeTensor, int> _index = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public static IntegerModel Emit(
        string name, CodeTensor image, IReadOnlyList<GraphStep> steps, IReadOnlyList<string> classNames, IReadOnlyDictionary<string, string>? properties)
    {
        var emitter = new ModelEmitter();
        emitter.AddEdge(image, 1.0 / 255);
        foreach (GraphStep step in steps)
        {
            emitter.Add(step);
        }

        return new IntegerModel(name, emitter._edges, emitter._nodes, classNames, properties);
    }

    private void Add(GraphStep step)
    {
        switch (step)
        {
            case LookupStep lookup:
                _nodes.Add(Lookup(lookup));
                break;
            case MaxPoolStep pool:
                _nodes.Add(new MaxPoolNode
                {
                    Name = NodeName(step.Name),
                    Input = _index[pool.Input],
                    Output = AddEdge(pool.Output, pool.Output.Grid.Step),
                    Shape = pool.Shape,
                });
                break;
            case ShortcutStep shortcut:
                _nodes.Add(new ShortcutNode
                {
                    Name = NodeName(step.Name),
                    Input = _index[shortcut.Input],
                    Output = AddEdge(shortcut.Output, shortcut.Output.Grid.Step),
                    Shape = shortcut.Shape,
                });
                break;
            case SumStep sum:
                AddSum(sum);
                break;
            default:
                throw new LoweringException(step.Name, $"no node is known for a {step.GetType().Name}");
        }
    }

    private LookupNode Lookup(LookupStep step)
    {
        int channels = step.Input.Channels;
        var table = new byte[channels * LookupNode.TableLength];
        int highest = (1 << step.Input.Grid.Bits) - 1;
        bool isUniform = true;
        for (int c = 0; c < channels; c++)
        {
            for (int code = 0; code < LookupNode.TableLength; code++)
            {
                // Codes above the input's highest never occur; their entries repeat the highest's.
                byte entry = step.Code(c, (byte)Math.Min(code, highest));
                table[(c * LookupNode.TableLength) + code] = entry;
                isUniform &= entry == table[code];
            }
        }

        return new LookupNode
        {
            Name = NodeName(step.Name),
            Input = _index[step.Input],
            Output = AddEdge(step.Output, step.Output.Grid.Step),
            PerChannel = !isUniform,
            Table = isUniform ? table[..LookupNode.TableLength] : table,
        };
    }

    // A node has one residual and one sign for each channel; views that differ in them become nodes of their own.
    private void AddSum(SumStep sum)
    {
        var open = new List<SumView>(sum.Views);
        while (open.Count > 0)
        {
            SumView first = open[0];
            List<SumView> group = open.FindAll(view => ReferenceEquals(view.Residual, first.Residual) && SameSigns(view, first));
            open.RemoveAll(group.Contains);
            _nodes.Add(Node(sum, group));
        }
    }

    private AccumulatorNode Node(SumStep sum, List<SumView> views)
    {
        string name = NodeName(sum.Name);
        int residual = views[0].Residual is { } tensor ? _index[tensor] : AccumulatorNode.NoResidual;
        int input = _index[sum.Input], zero = sum.Input.Grid.Zero;
        if (sum.Convolution is { } shape)
        {
            sbyte[] codes = FlippedCodes(sum, views[0]);
            OutputView[] outputs = Views(sum, views, channel => RowSum(codes, channel, shape.ReductionLength));
            return new ConvolutionNode
            {
                Name = name,
                Input = input,
                Residual = residual,
                PaddingCode = zero,
                Shape = shape,
                Weights = Pack(sum, codes),
                Views = outputs,
            };
        }

        RequirePositive(sum, views[0]);
        OutputView[] plain = Views(sum, views, sum.Magnitude);
        return sum.Pool is { } window
            ? new SumPoolNode { Name = name, Input = input, Residual = residual, PaddingCode = zero, Shape = window, Views = plain }
            : new RescaleNode { Name = name, Input = input, Residual = residual, Views = plain };
    }

    private OutputView[] Views(SumStep sum, List<SumView> views, Func<int, long> weightSum)
    {
        var outputs = new OutputView[views.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            SumView view = views[i];
            int edge = AddEdge(view.Output, view.IsLogits ? view.Scale : view.Output.Grid.Step);
            outputs[i] = new OutputView(edge, Table(sum, view, weightSum));
        }

        return outputs;
    }

    private static RequantizeTable Table(SumStep sum, SumView view, Func<int, long> weightSum)
    {
        int channels = sum.Channels;
        int[] multipliers = new int[channels], residuals = new int[channels], shifts = new int[channels];
        long[] offsets = new long[channels];
        int residualZero = view.Residual?.Grid.Zero ?? 0;
        for (int c = 0; c < channels; c++)
        {
            FixedPointRule rule = view.Rules[c];
            multipliers[c] = rule.Multiplier;
            residuals[c] = rule.ResidualMultiplier;
            shifts[c] = rule.Shift;
            // The kernels sum codes as they are: sum of w·a = sum of w·(a − z) + z·sum of w.
            offsets[c] = rule.Offset - (rule.Multiplier * (sum.Input.Grid.Zero * weightSum(c))) - ((long)rule.ResidualMultiplier * residualZero);
        }

        return new RequantizeTable(multipliers, offsets, shifts, view.Low, view.High, view.Residual is null ? [] : residuals);
    }

    private static sbyte[] FlippedCodes(SumStep sum, SumView view)
    {
        LoweredWeights weights = sum.Weights!;
        var codes = new sbyte[weights.Codes.Count];
        int length = codes.Length / weights.OutChannels;
        for (int c = 0; c < weights.OutChannels; c++)
        {
            ReadOnlySpan<sbyte> row = weights.Row(c);
            bool isNegative = view.Rules[c].Negative;
            for (int i = 0; i < length; i++)
            {
                int code = isNegative ? -row[i] : row[i];
                codes[(c * length) + i] = code <= sbyte.MaxValue
                    ? (sbyte)code
                    : throw new LoweringException(
                        sum.Name, $"the negative batch-norm factor of channel {c} turns the weight code -128 into 128, which has no byte; train with the narrow weight grid");
            }
        }

        return codes;
    }

    private static CodeStorage Pack(SumStep sum, sbyte[] codes)
    {
        int bits = sum.Weights!.Bits;
        foreach (sbyte code in codes)
        {
            // A flipped lowest code of a full grid needs one bit more.
            while (bits < 8 && code > CodeStorage.HighestCode(bits))
            {
                bits++;
            }
        }

        return CodeStorage.Pack(codes, sum.Channels, codes.Length / sum.Channels, bits);
    }

    private static long RowSum(sbyte[] codes, int row, int length)
    {
        long total = 0;
        foreach (sbyte code in codes.AsSpan(row * length, length))
        {
            total += code;
        }

        return total;
    }

    private static bool SameSigns(SumView a, SumView b)
    {
        for (int c = 0; c < a.Rules.Length; c++)
        {
            if (a.Rules[c].Negative != b.Rules[c].Negative)
            {
                return false;
            }
        }

        return true;
    }

    private static void RequirePositive(SumStep sum, SumView view)
    {
        for (int c = 0; c < view.Rules.Length; c++)
        {
            if (view.Rules[c].Negative)
            {
                throw new LoweringException(
                    sum.Name, $"the batch norm after it has a negative factor in channel {c}, and there are no weights to flip; put a quantizer between the two");
            }
        }
    }

    private int AddEdge(CodeTensor tensor, double scale)
    {
        _index.Add(tensor, _edges.Count);
        _edges.Add(new IntegerEdge(tensor.Name, tensor.Height, tensor.Width, tensor.Channels, tensor.Grid.Bits, scale, tensor.Grid.Zero));
        return _edges.Count - 1;
    }

    private string NodeName(string name)
    {
        string unique = name;
        for (int i = 2; !_names.Add(unique); i++)
        {
            unique = $"{name}/{i}";
        }

        return unique;
    }
}
