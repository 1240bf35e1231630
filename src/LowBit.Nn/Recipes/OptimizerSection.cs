using LowBit.Nn.Optimisation;

namespace LowBit.Nn.Recipes;

/// <summary>The <c>optimizer</c> part of a recipe.</summary>
public sealed record OptimizerSection
{
    /// <summary><c>sgd</c>, <c>adamw</c>, <c>adam</c> or <c>rmsprop</c>.</summary>
    public string Kind { get; set; } = "sgd";

    /// <summary>Base learning rate, 0 or more; the schedule multiplies it. At 0 weights rest, while quantizers find their first steps and norms their statistics.</summary>
    public double LearningRate { get; set; } = 0.1;

    /// <summary>SGD and RMSprop: μ, 0 to below 1.</summary>
    public double Momentum { get; set; } = 0.9;

    /// <summary>SGD: look ahead by the momentum.</summary>
    public bool Nesterov { get; set; } = true;

    /// <summary>Adam: β1.</summary>
    public double Beta1 { get; set; } = 0.9;

    /// <summary>Adam: β2.</summary>
    public double Beta2 { get; set; } = 0.999;

    /// <summary>Adam: divide by the largest second moment so far (AMSGrad).</summary>
    public bool AmsGrad { get; set; }

    /// <summary>RMSprop: α, the memory of the mean square, 0 to below 1.</summary>
    public double Alpha { get; set; } = 0.99;

    /// <summary>RMSprop: divide by the deviation instead of the root mean square.</summary>
    public bool Centered { get; set; }

    /// <summary>Adam and RMSprop: ε.</summary>
    public double Epsilon { get; set; } = 1e-8;

    /// <summary>Weight decay of convolution and linear weights, 0 or more.</summary>
    public double WeightDecay { get; set; } = 1e-4;

    /// <summary>True to decay biases and batch-norm parameters too.</summary>
    public bool DecayNorms { get; set; }

    /// <summary>Factor on the learning rate of quantizer steps.</summary>
    public double QuantizerLearningRate { get; set; } = 1;

    /// <summary>Weight decay of quantizer steps.</summary>
    public double QuantizerWeightDecay { get; set; }

    /// <summary>Makes the optimiser for a model.</summary>
    /// <param name="model">The model whose parameters it changes.</param>
    public Optimiser Build(Module model)
    {
        var rules = new GroupRules((float)WeightDecay, DecayNorms, (float)QuantizerLearningRate, (float)QuantizerWeightDecay);
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.Split(model, rules);
        return Kind switch
        {
            "sgd" => new Sgd(groups, (float)Momentum, Nesterov),
            "rmsprop" => new RmsProp(groups, (float)Alpha, (float)Epsilon, (float)Momentum, Centered),
            _ => new AdamW(groups, (float)Beta1, (float)Beta2, (float)Epsilon, Kind == "adamw", AmsGrad),
        };
    }

    internal void Validate()
    {
        Demand.Word("optimizer.kind", Kind, ["sgd", "adamw", "adam", "rmsprop"]);
        Demand.NotNegative("optimizer.learningRate", LearningRate);
        Demand.Share("optimizer.momentum", Momentum);
        Demand.Share("optimizer.beta1", Beta1);
        Demand.Share("optimizer.beta2", Beta2);
        Demand.Share("optimizer.alpha", Alpha);
        Demand.Positive("optimizer.epsilon", Epsilon);
        Demand.NotNegative("optimizer.weightDecay", WeightDecay);
        Demand.NotNegative("optimizer.quantizerLearningRate", QuantizerLearningRate);
        Demand.NotNegative("optimizer.quantizerWeightDecay", QuantizerWeightDecay);
        if (Kind == "sgd" && Nesterov && Momentum == 0)
        {
            throw new ArgumentException("optimizer.nesterov needs optimizer.momentum above 0");
        }
    }
}
