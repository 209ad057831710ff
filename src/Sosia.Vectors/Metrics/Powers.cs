using System.Numerics;

namespace Sosia.Vectors.Metrics;

/// <summary>
/// The power p of a Minkowski distance (Σ|q − x|ᵖ)^(1/p), bound at compile time: kernels are written once and are as fast as if
/// written for each p. Arguments are never negative.
/// </summary>
internal interface IPower
{
    /// <summary>p, 1 or more.</summary>
    double P { get; }

    Vector<float> Raise(Vector<float> difference);

    Vector<double> Raise(Vector<double> difference);

    double Raise(double difference);

    /// <summary>From a sum of powers to a distance.</summary>
    double Root(double sum);
}

/// <summary>Manhattan.</summary>
internal readonly struct PowerOne : IPower
{
    public double P => 1;

    public Vector<float> Raise(Vector<float> difference) => difference;

    public Vector<double> Raise(Vector<double> difference) => difference;

    public double Raise(double difference) => difference;

    public double Root(double sum) => sum;
}

/// <summary>p = 1.5 without a call of pow: d·√d.</summary>
internal readonly struct PowerOneAndAHalf : IPower
{
    public double P => 1.5;

    public Vector<float> Raise(Vector<float> difference) => difference * Vector.SquareRoot(difference);

    public Vector<double> Raise(Vector<double> difference) => difference * Vector.SquareRoot(difference);

    public double Raise(double difference) => difference * Math.Sqrt(difference);

    public double Root(double sum) => Math.Pow(sum, 2.0 / 3);
}

/// <summary>Euclidean.</summary>
internal readonly struct PowerTwo : IPower
{
    public double P => 2;

    public Vector<float> Raise(Vector<float> difference) => difference * difference;

    public Vector<double> Raise(Vector<double> difference) => difference * difference;

    public double Raise(double difference) => difference * difference;

    public double Root(double sum) => Math.Sqrt(sum);
}

internal readonly struct PowerThree : IPower
{
    public double P => 3;

    public Vector<float> Raise(Vector<float> difference) => difference * difference * difference;

    public Vector<double> Raise(Vector<double> difference) => difference * difference * difference;

    public double Raise(double difference) => difference * difference * difference;

    public double Root(double sum) => Math.Cbrt(sum);
}

/// <summary>
/// Any other p. The vectors go through exp(p·log d) in float64, whose error is far below what <see cref="MinkowskiKernel"/> allows for.
/// </summary>
internal readonly struct AnyPower(double p) : IPower
{
    public double P => p;

    public Vector<float> Raise(Vector<float> difference)
    {
        Vector.Widen(difference, out var low, out var high);
        return Vector.Narrow(Raise(low), Raise(high));
    }

    public Vector<double> Raise(Vector<double> difference) => Vector.Exp(new Vector<double>(p) * Vector.Log(difference));

    public double Raise(double difference) => Math.Pow(difference, p);

    public double Root(double sum) => Math.Pow(sum, 1 / p);
}

/// <summary>Work that is compiled for one power.</summary>
internal interface IPowerUser<out TResult>
{
    TResult Use<TPower>(TPower power)
        where TPower : struct, IPower;
}

internal static class Powers
{
    /// <summary>From p, a number, to p, a type.</summary>
    public static TResult Use<TResult>(double p, IPowerUser<TResult> user) =>
        p switch
        {
            1 => user.Use(new PowerOne()),
            1.5 => user.Use(new PowerOneAndAHalf()),
            2 => user.Use(new PowerTwo()),
            3 => user.Use(new PowerThree()),
            _ => user.Use(new AnyPower(p)),
        };
}
