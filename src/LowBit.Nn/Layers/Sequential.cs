using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;

namespace LowBit.Nn.Layers;

/// <summary>Modules in a row: each gets what the one before it returned.</summary>
public class Sequential : Module
{
    /// <summary>Creates an empty row; fill it with <see cref="Append"/>.</summary>
    /// <param name="device">Where results live.</param>
    public Sequential(Device device)
        : base(device)
    {
    }

    /// <summary>Creates a row whose modules are called 0, 1, 2, …</summary>
    /// <param name="modules">One or more modules on the same device, in order.</param>
    /// <exception cref="ArgumentException">There is no module.</exception>
    public Sequential(params ReadOnlySpan<Module> modules)
        : base(modules.IsEmpty ? throw new ArgumentException("a row needs at least one module", nameof(modules)) : modules[0].Device)
    {
        foreach (Module module in modules)
        {
            Append(null, module);
        }
    }

    /// <summary>Puts a module at the end.</summary>
    /// <param name="name">Its name; null for its number in the row.</param>
    /// <param name="module">The module; from now on it belongs to this one.</param>
    /// <returns>This row, for a chain of calls.</returns>
    public Sequential Append(string? name, Module module)
    {
        RegisterModule(name ?? $"{Children.Count}", module);
        return this;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => ForwardPart(x, 0, Children.Count);

    /// <summary>Runs some of the modules: those before and behind them are left out. Parts one after the other give the values of <see cref="Forward"/>, bit for bit.</summary>
    /// <param name="x">What the first of them gets.</param>
    /// <param name="start">Number of the first module, from 0.</param>
    /// <param name="end">Number of the module in front of which to stop, <paramref name="start"/> to the number of modules; equal to <paramref name="start"/> returns <paramref name="x"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row has no such part.</exception>
    public Tensor ForwardPart(Tensor x, int start, int end)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Children.Count);
        for (int i = start; i < end;)
        {
            i += At(i, end) is Conv2d convolution && At(i + 1, end) is BatchNorm2d norm
                ? ForwardConvNorm(new ConvNorm(convolution, norm), i, end, ref x)
                : ForwardOne(i, end, ref x);
        }

        return x;
    }

    private Module? At(int i, int end) => i < end ? Children[i].Module : null;

    // A convolution and its batch norm with what may run in the same pass; returns how many modules that were.
    private int ForwardConvNorm(ConvNorm pair, int i, int end, ref Tensor x)
    {
        Module? next = At(i + 2, end);
        if (next is Relu && At(i + 3, end) is ActivationQuant rectified)
        {
            x = pair.ForwardRectified(x, rectified);
            return 4;
        }

        if (next is ActivationQuant quant)
        {
            x = pair.Forward(x, quant);
            return 3;
        }

        if (next is Relu or Relu6)
        {
            x = next is Relu ? pair.Forward<Kernels.Elementwise.Relu>(x) : pair.Forward<Kernels.Elementwise.Relu6>(x);
            return 3;
        }

        x = pair.Forward(x);
        return 2;
    }

    private int ForwardOne(int i, int end, ref Tensor x)
    {
        if (At(i, end) is Relu && At(i + 1, end) is ActivationQuant quant)
        {
            x = quant.ForwardRectified(x);
            return 2;
        }

        x = Children[i].Module.Forward(x);
        return 1;
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        foreach ((_, Module module) in Children)
        {
            input = module.Lower(context, input);
        }

        return input;
    }
}
