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
    public override Tensor Forward(Tensor x)
    {
        for (int i = 0; i < Children.Count; i++)
        {
            if (Children[i].Module is Relu && i + 1 < Children.Count && Children[i + 1].Module is ActivationQuant quant)
            {
                x = quant.ForwardRectified(x);
                i++;
            }
            else
            {
                x = Children[i].Module.Forward(x);
            }
        }

        return x;
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
