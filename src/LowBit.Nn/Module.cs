using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn;

/// <summary>
/// A part of a model: parameters, buffers, quantizers and further modules under names, and a forward pass. Names are those
/// PyTorch would give (<c>layer1.0.conv1.weight</c>), so that state dictionaries load by name.
/// </summary>
/// <remarks>
/// Tensors that are registered belong to the module: they live outside every <see cref="TensorScope"/> until
/// <see cref="Dispose()"/>. The order of registration is the order of every enumeration, of the optimiser and of checkpoints.
/// </remarks>
public abstract class Module : IDisposable
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<NamedTensor> _buffers = [];
    private readonly List<(string Name, Quantizer Quantizer)> _quantizers = [];
    private readonly List<(string Name, Module Module)> _children = [];
    private string _name = "";
    private Module? _parent;

    /// <summary>Creates an empty module.</summary>
    /// <param name="device">Where its tensors live.</param>
    protected Module(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
    }

    /// <summary>Where the tensors of this module live.</summary>
    public Device Device { get; }

    /// <summary>The names from the outermost module to this one, joined by dots; empty for the outermost.</summary>
    public string Path => _parent is null || _parent.Path.Length == 0 ? _name : $"{_parent.Path}.{_name}";

    /// <summary>True while batch statistics are used and quantizers may still be initialised; see <see cref="Train"/>.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>Sees input and output of each forward pass of a layer with weights; null but while post-training quantization measures a model.</summary>
    internal Action<Tensor, Tensor>? Probe { get; set; }

    /// <summary>The modules directly inside this one, with their names, in order.</summary>
    public IReadOnlyList<(string Name, Module Module)> Children => _children;

    /// <summary>The output of this module for a batch.</summary>
    /// <param name="x">Input, NHWC <c>[batch, height, width, channels]</c> or <c>[batch, features]</c> as the module says.</param>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The integer form of this module: evaluates it symbolically, see <see cref="ModelLowering"/>.</summary>
    /// <param name="context">Collects integer operations.</param>
    /// <param name="input">What is known about the input.</param>
    /// <returns>What is known about the output.</returns>
    /// <exception cref="LoweringException">The module has no integer form, or not for this input.</exception>
    public virtual LoweredEdge Lower(LoweringContext context, LoweredEdge input)
        => throw new LoweringException(Path, $"{GetType().Name} has no integer form; replace it, or override Lower to give it one");

    /// <summary>Switches this module and all inside it between training and evaluation.</summary>
    /// <param name="training">True for training: batch statistics, quantizers initialise themselves on first use.</param>
    public virtual void Train(bool training = true)
    {
        Training = training;
        foreach ((_, Module child) in _children)
        {
            child.Train(training);
        }
    }

    /// <summary>Switches to evaluation: running statistics, nothing initialises itself. The same as <c>Train(false)</c>.</summary>
    public void Evaluate() => Train(false);

    /// <summary>Every trained tensor of this module and those inside it, quantizer steps included, in order of registration.</summary>
    public IReadOnlyList<Parameter> Parameters()
    {
        var list = new List<Parameter>();
        CollectParameters("", list);
        return list;
    }

    /// <summary>Every tensor that is state but not trained: running statistics and what quantizers keep.</summary>
    public IReadOnlyList<NamedTensor> Buffers()
    {
        var list = new List<NamedTensor>();
        CollectBuffers("", list);
        return list;
    }

    /// <summary>This module and every module inside it, outermost first, with paths relative to this module.</summary>
    public IReadOnlyList<(string Path, Module Module)> Modules()
    {
        var list = new List<(string, Module)>();
        CollectModules("", list);
        return list;
    }

    /// <summary>Every quantizer of this module and those inside it, with its path, in order of registration.</summary>
    public IReadOnlyList<(string Path, Quantizer Quantizer)> Quantizers()
    {
        var list = new List<(string, Quantizer)>();
        foreach ((string path, Module module) in Modules())
        {
            foreach ((string name, Quantizer quantizer) in module._quantizers)
            {
                list.Add((Join(path, name), quantizer));
            }
        }

        return list;
    }

    /// <summary>Fills every parameter with its starting value (weights by Kaiming's rule) from the counter-based stream of its name, and tells the quantizers their names.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <remarks>
    /// The stream of a parameter is a hash of its name, so that adding a quantizer or a layer does not change the starting
    /// weights of the others. He et al. 2015, arXiv:1502.01852, eq. 10: standard deviation √(2 / fan-in) in front of a ReLU.
    /// </remarks>
    public void Initialize(ulong seed)
    {
        foreach ((string path, Module module) in Modules())
        {
            module.ResetParameters(name => new PhiloxKey(seed, StableHash(Join(path, name))));
        }

        foreach ((string path, Quantizer quantizer) in Quantizers())
        {
            quantizer.Name = path;
        }
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGradients()
    {
        foreach (Parameter parameter in Parameters())
        {
            parameter.Tensor.ZeroGradient();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Number of trained values, quantizer steps included.</summary>
    public long CountParameters()
    {
        long count = 0;
        foreach (Parameter parameter in Parameters())
        {
            count += parameter.Tensor.Length;
        }

        return count;
    }

    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? GetType().Name : $"{GetType().Name} '{Path}'";

    /// <summary>Fills this module's own parameters (not those of modules inside it) with starting values.</summary>
    /// <param name="keyOf">Gives the random stream for a parameter's name.</param>
    protected virtual void ResetParameters(Func<string, PhiloxKey> keyOf)
    {
    }

    /// <summary>Disposes the registered tensors and modules.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach ((_, Module child) in _children)
        {
            child.Dispose();
        }

        foreach (Parameter parameter in _parameters)
        {
            parameter.Tensor.Dispose();
        }

        foreach (NamedTensor buffer in _buffers)
        {
            buffer.Tensor.Dispose();
        }

        foreach ((_, Quantizer quantizer) in _quantizers)
        {
            quantizer.Dispose();
        }
    }

    /// <summary>Makes a tensor a parameter of this module.</summary>
    /// <param name="name">Name inside the module, for example <c>weight</c>.</param>
    /// <param name="tensor">The values; from now on they belong to the module and require a gradient.</param>
    /// <param name="role">What the tensor is for.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    protected Tensor RegisterParameter(string name, Tensor tensor, ParameterRole role)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckName(name);
        tensor.Persist().Name = name;
        tensor.RequiresGradient = true;
        _parameters.Add(new Parameter(name, tensor, role));
        return tensor;
    }

    /// <summary>Makes a tensor a buffer of this module: saved and loaded, not trained.</summary>
    /// <param name="name">Name inside the module, for example <c>running_mean</c>.</param>
    /// <param name="tensor">The values; from now on they belong to the module.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    protected Tensor RegisterBuffer(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckName(name);
        tensor.Persist().Name = name;
        _buffers.Add(new NamedTensor(name, tensor));
        return tensor;
    }

    /// <summary>Makes a quantizer a part of this module: its steps are parameters, its state is saved.</summary>
    /// <typeparam name="T">The kind of quantizer.</typeparam>
    /// <param name="name">Name inside the module, for example <c>weight_quantizer</c>.</param>
    /// <param name="quantizer">The quantizer; from now on it belongs to the module.</param>
    /// <returns><paramref name="quantizer"/>.</returns>
    protected T RegisterQuantizer<T>(string name, T quantizer)
        where T : Quantizer
    {
        ArgumentNullException.ThrowIfNull(quantizer);
        CheckName(name);
        _quantizers.Add((name, quantizer));
        return quantizer;
    }

    /// <summary>Puts a module inside this one.</summary>
    /// <typeparam name="T">The kind of module.</typeparam>
    /// <param name="name">Name inside this module, for example <c>conv1</c>.</param>
    /// <param name="module">The module; from now on it belongs to this one.</param>
    /// <returns><paramref name="module"/>.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the module is already inside another one.</exception>
    protected T RegisterModule<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        if (module._parent is not null)
        {
            throw new ArgumentException($"{module} is already inside {module._parent}; build a second one instead", nameof(module));
        }

        module._parent = this;
        module._name = name;
        _children.Add((name, module));
        return module;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    // FNV-1a, 64 bit: string.GetHashCode differs from run to run.
    internal static ulong StableHash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        bool isTaken = _parameters.Exists(p => p.Name == name) || _buffers.Exists(b => b.Name == name)
            || _quantizers.Exists(q => q.Name == name) || _children.Exists(c => c.Name == name);
        if (isTaken || name.Contains('.', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' cannot be a name inside {this}: it is taken or holds a dot", nameof(name));
        }
    }

    private void CollectParameters(string path, List<Parameter> list)
    {
        foreach (Parameter parameter in _parameters)
        {
            list.Add(parameter with { Name = Join(path, parameter.Name) });
        }

        foreach ((string name, Quantizer quantizer) in _quantizers)
        {
            foreach ((string part, Tensor tensor) in quantizer.Parameters())
            {
                list.Add(new Parameter(Join(path, $"{name}.{part}"), tensor, ParameterRole.Quantizer));
            }
        }

        foreach ((string name, Module child) in _children)
        {
            child.CollectParameters(Join(path, name), list);
        }
    }

    private void CollectBuffers(string path, List<NamedTensor> list)
    {
        foreach (NamedTensor buffer in _buffers)
        {
            list.Add(buffer with { Name = Join(path, buffer.Name) });
        }

        foreach ((string name, Quantizer quantizer) in _quantizers)
        {
            foreach ((string part, Tensor tensor) in quantizer.Buffers())
            {
                list.Add(new NamedTensor(Join(path, $"{name}.{part}"), tensor));
            }
        }

        foreach ((string name, Module child) in _children)
        {
            child.CollectBuffers(Join(path, name), list);
        }
    }

    private void CollectModules(string path, List<(string Path, Module Module)> list)
    {
        list.Add((path, this));
        foreach ((string name, Module child) in _children)
        {
            child.CollectModules(Join(path, name), list);
        }
    }
}
