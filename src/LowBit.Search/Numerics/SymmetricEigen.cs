namespace LowBit.Search.Numerics;

/// <summary>
/// Eigen-decomposition of a real symmetric matrix: Householder tridiagonalisation and implicit QL (EISPACK tred2 and tql2; Bowdler, Martin,
/// Reinsch and Wilkinson, Numerische Mathematik 11, 1968). The transformation is held transposed, so that every inner loop runs along a row.
/// </summary>
public static class SymmetricEigen
{
    private const int MaximumSweeps = 60;

    /// <summary>A = Σ_j λ_j v_j v_jᵀ with orthonormal v_j.</summary>
    /// <param name="matrix">A, [n, n]; only its symmetry is assumed, it is not changed.</param>
    /// <param name="values">Receives the eigenvalues in ascending order, [n].</param>
    /// <param name="vectors">Receives the eigenvectors, [n, n]: row j belongs to value j.</param>
    /// <exception cref="ArgumentException">The sizes do not belong together, or an entry is not finite.</exception>
    public static void Decompose(ReadOnlySpan<double> matrix, Span<double> values, Span<double> vectors)
    {
        int n = values.Length;
        if (matrix.Length != n * n || vectors.Length != n * n)
        {
            throw new ArgumentException($"an eigen-decomposition of size {n} needs {n * n} entries and room for {n * n}, it got {matrix.Length} and {vectors.Length}");
        }

        foreach (double entry in matrix)
        {
            if (!double.IsFinite(entry))
            {
                throw new ArgumentException("the matrix to decompose holds an entry that is not finite", nameof(matrix));
            }
        }

        if (n == 0)
        {
            return;
        }

        double[] subdiagonal = new double[n];
        matrix.CopyTo(vectors);
        Tridiagonalise(n, vectors, values, subdiagonal);
        Diagonalise(n, vectors, values, subdiagonal);
        SortAscending(n, vectors, values);
    }

    private static void Tridiagonalise(int n, Span<double> w, Span<double> d, Span<double> e)
    {
        for (int j = 0; j < n; j++)
        {
            d[j] = w[(j * n) + n - 1];
        }

        for (int i = n - 1; i > 0; i--)
        {
            double scale = 0, h = 0;
            for (int k = 0; k < i; k++)
            {
                scale += Math.Abs(d[k]);
            }

            if (scale == 0)
            {
                e[i] = d[i - 1];
                for (int j = 0; j < i; j++)
                {
                    d[j] = w[(j * n) + i - 1];
                    w[(j * n) + i] = 0;
                    w[(i * n) + j] = 0;
                }
            }
            else
            {
                h = Reflect(n, i, scale, w, d, e);
            }

            d[i] = h;
        }

        Accumulate(n, w, d);
        e[0] = 0;
    }

    /// <summary>One Householder step: row i of the tridiagonal form; returns the squared length of the reflecting vector, halved.</summary>
    private static double Reflect(int n, int i, double scale, Span<double> w, Span<double> d, Span<double> e)
    {
        double h = 0;
        for (int k = 0; k < i; k++)
        {
            d[k] /= scale;
            h += d[k] * d[k];
        }

        double f = d[i - 1];
        double g = f > 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
        e[i] = scale * g;
        h -= f * g;
        d[i - 1] = f - g;
        e[..i].Clear();
        for (int j = 0; j < i; j++)
        {
            Span<double> row = w.Slice(j * n, n);
            f = d[j];
            w[(i * n) + j] = f;
            e[j] += (row[j] * f) + VectorMath.Dot(row[(j + 1)..i], d[(j + 1)..i]);
            VectorMath.AddScaled(e[(j + 1)..i], f, row[(j + 1)..i]);
        }

        f = 0;
        for (int j = 0; j < i; j++)
        {
            e[j] /= h;
            f += e[j] * d[j];
        }

        VectorMath.AddScaled(e[..i], -f / (h + h), d[..i]);
        for (int j = 0; j < i; j++)
        {
            Span<double> row = w.Slice(j * n, n);
            f = d[j];
            g = e[j];
            VectorMath.AddScaled(row[j..i], -f, e[j..i]);
            VectorMath.AddScaled(row[j..i], -g, d[j..i]);
            d[j] = row[i - 1];
            row[i] = 0;
        }

        return h;
    }

    /// <summary>Multiplies the reflections into w (transposed) and moves the diagonal to d.</summary>
    private static void Accumulate(int n, Span<double> w, Span<double> d)
    {
        for (int i = 0; i < n - 1; i++)
        {
            w[(i * n) + n - 1] = w[(i * n) + i];
            w[(i * n) + i] = 1;
            Span<double> next = w.Slice((i + 1) * n, i + 1);
            double h = d[i + 1];
            if (h != 0)
            {
                for (int k = 0; k <= i; k++)
                {
                    d[k] = next[k] / h;
                }

                for (int j = 0; j <= i; j++)
                {
                    Span<double> row = w.Slice(j * n, i + 1);
                    VectorMath.AddScaled(row, -VectorMath.Dot(next, row), d[..(i + 1)]);
                }
            }

            next.Clear();
        }

        for (int j = 0; j < n; j++)
        {
            d[j] = w[(j * n) + n - 1];
            w[(j * n) + n - 1] = 0;
        }

        w[(n * n) - 1] = 1;
    }

    private static void Diagonalise(int n, Span<double> w, Span<double> d, Span<double> e)
    {
        e[1..].CopyTo(e);
        e[n - 1] = 0;
        double shift = 0, largest = 0;
        const double Epsilon = 2.220446049250313e-16;
        for (int l = 0; l < n; l++)
        {
            largest = Math.Max(largest, Math.Abs(d[l]) + Math.Abs(e[l]));
            int m = l;
            while (m < n - 1 && Math.Abs(e[m]) > Epsilon * largest)
            {
                m++;
            }

            for (int sweep = 0; m > l && (sweep == 0 || Math.Abs(e[l]) > Epsilon * largest); sweep++)
            {
                if (sweep == MaximumSweeps)
                {
                    throw new ArithmeticException($"the eigen-decomposition of size {n} did not converge in {MaximumSweeps} sweeps; scale the matrix to ordinary numbers");
                }

                shift += Sweep(n, l, m, w, d, e);
            }

            d[l] += shift;
            e[l] = 0;
        }
    }

    /// <summary>One implicit QL sweep over rows l..m; returns the shift it took.</summary>
    private static double Sweep(int n, int l, int m, Span<double> w, Span<double> d, Span<double> e)
    {
        double g = d[l];
        double p = (d[l + 1] - g) / (2 * e[l]);
        double r = p < 0 ? -double.Hypot(p, 1) : double.Hypot(p, 1);
        d[l] = e[l] / (p + r);
        d[l + 1] = e[l] * (p + r);
        double second = d[l + 1], shift = g - d[l];
        for (int i = l + 2; i < n; i++)
        {
            d[i] -= shift;
        }

        p = d[m];
        double c = 1, c2 = 1, c3 = 1, s = 0, s2 = 0, first = e[l + 1];
        for (int i = m - 1; i >= l; i--)
        {
            (c3, c2, s2) = (c2, c, s);
            g = c * e[i];
            double h = c * p;
            r = double.Hypot(p, e[i]);
            e[i + 1] = s * r;
            s = e[i] / r;
            c = p / r;
            p = (c * d[i]) - (s * g);
            d[i + 1] = h + (s * ((c * g) + (s * d[i])));
            VectorMath.Rotate(w.Slice(i * n, n), w.Slice((i + 1) * n, n), c, s);
        }

        p = -s * s2 * c3 * first * e[l] / second;
        e[l] = s * p;
        d[l] = c * p;
        return shift;
    }

    private static void SortAscending(int n, Span<double> w, Span<double> d)
    {
        for (int i = 0; i < n - 1; i++)
        {
            int smallest = i;
            for (int j = i + 1; j < n; j++)
            {
                smallest = d[j] < d[smallest] ? j : smallest;
            }

            if (smallest != i)
            {
                (d[i], d[smallest]) = (d[smallest], d[i]);
                for (int k = 0; k < n; k++)
                {
                    (w[(i * n) + k], w[(smallest * n) + k]) = (w[(smallest * n) + k], w[(i * n) + k]);
                }
            }
        }
    }
}
