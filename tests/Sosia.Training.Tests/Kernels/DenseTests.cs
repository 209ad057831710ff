using Sosia.Training.Kernels;

namespace Sosia.Training.Tests.Kernels;

public unsafe class DenseTests
{
    [Theory]
    [InlineData(1, 2, 16)]
    [InlineData(7, 5, 272)]
    [InlineData(16, 6, 256)]
    [InlineData(33, 13, 528)]
    [InlineData(40, 53, 272)]
    [InlineData(100, 29, 144)]
    public void Outputs_are_those_of_the_plain_loops(int count, int classes, int features)
    {
        var (weights, rows, scores) = (Some.Floats(classes * features, 1), Some.Floats(count * features, 2), new float[count * classes]);
        fixed (
            float* w = weights,
                r = rows,
                s = scores
        )
            DenseForward.Run(w, (classes, features), r, s, (count, 2));
        for (var n = 0; n < count; n++)
        for (var c = 0; c < classes; c++)
        {
            double sum = 0;
            for (var i = 0; i < features; i++)
                sum += (double)weights[c * features + i] * rows[n * features + i];
            Assert.Equal(sum, scores[n * classes + c], 1e-4);
        }
    }

    [Theory]
    [InlineData(1, 2, 16)]
    [InlineData(5, 7, 272)]
    [InlineData(9, 12, 256)]
    [InlineData(6, 55, 288)]
    public void The_way_back_and_the_update_are_those_of_the_plain_loops(int count, int classes, int features)
    {
        var (rows, deltas) = (Some.Floats(count * features, 2), Some.Floats(count * classes, 3));
        float[] weights = Some.Floats(classes * features, 1),
            means = new float[weights.Length],
            squares = new float[weights.Length],
            back = new float[rows.Length];
        float[] plainWeights = [.. weights],
            plainMeans = new float[weights.Length],
            plainSquares = new float[weights.Length];
        for (var step = 1; step <= 3; step++)
        {
            var rate = AdamRate.At(0.001f, step);
            fixed (
                float* w = weights,
                    m = means,
                    v = squares,
                    r = rows,
                    d = deltas,
                    b = back
            )
                DenseBackward.Run(new DenseBackward.Weights(w, m, v, (classes, features)), r, d, b, (count, rate, 2));
            var expectedBack = new float[rows.Length];
            var gradients = new float[weights.Length];
            for (var n = 0; n < count; n++)
            for (var c = 0; c < classes; c++)
            for (var i = 0; i < features; i++)
            {
                expectedBack[n * features + i] += deltas[n * classes + c] * plainWeights[c * features + i];
                gradients[c * features + i] += deltas[n * classes + c] * rows[n * features + i];
            }
            PlainAdam(plainWeights, plainMeans, plainSquares, gradients, step);
            Assert.True(Some.LargestDifference(expectedBack, back) < 1e-4f);
            Assert.True(Some.LargestDifference(plainWeights, weights) < 1e-5f);
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        const int count = 20,
            classes = 61,
            features = 1040;
        var (rows, deltas) = (Some.Floats(count * features, 2), Some.Floats(count * classes, 3));
        float[][] With(int threads)
        {
            float[] weights = Some.Floats(classes * features, 1),
                means = new float[weights.Length],
                squares = new float[weights.Length];
            float[] back = new float[rows.Length],
                scores = new float[count * classes];
            fixed (
                float* w = weights,
                    m = means,
                    v = squares,
                    r = rows,
                    d = deltas,
                    b = back,
                    s = scores
            )
            {
                DenseForward.Run(w, (classes, features), r, s, (count, threads));
                DenseBackward.Run(
                    new DenseBackward.Weights(w, m, v, (classes, features)),
                    r,
                    d,
                    b,
                    (count, AdamRate.At(0.001f, 1), threads)
                );
            }
            return [scores, back, weights];
        }
        var one = With(1);
        foreach (var threads in (int[])[2, 3, 8])
            Assert.Equal(one, With(threads));
    }

    [Fact]
    public void Adam_moves_as_its_paper_says_for_any_number_of_weights()
    {
        for (var count = 0; count < 20; count++)
        {
            float[] weights = Some.Floats(count, 1),
                means = new float[count],
                squares = new float[count],
                plain = [.. weights],
                plainMeans = new float[count],
                plainSquares = new float[count];
            for (var step = 1; step <= 5; step++)
            {
                var gradients = Some.Floats(count, step);
                AdamRate.At(0.001f, step).Update(weights, means, squares, gradients);
                PlainAdam(plain, plainMeans, plainSquares, gradients, step);
            }
            Assert.True(Some.LargestDifference(plain, weights) < 1e-6f);
        }
    }

    /// <summary>Kingma and Ba, end of section 2, written with 64-bit numbers.</summary>
    private static void PlainAdam(float[] weights, float[] means, float[] squares, float[] gradients, int step)
    {
        var alpha = 0.001 * Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step));
        for (var i = 0; i < weights.Length; i++)
        {
            double m = 0.9 * means[i] + 0.1 * gradients[i],
                v = 0.999 * squares[i] + 0.001 * gradients[i] * gradients[i];
            (means[i], squares[i]) = ((float)m, (float)v);
            weights[i] -= (float)(alpha * m / (Math.Sqrt(v) + 1e-7));
        }
    }
}
