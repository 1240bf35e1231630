using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Tables of partial sums: entry e of a pixel's table is <c>Σ w[i]·a[i]</c> over the codes of a group, where e holds the stored weights, one or two bits each.
/// Made by byte shuffles: a control picks a code where the entry's weight has it and nothing elsewhere.
/// </summary>
internal static unsafe class LutTables<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    private const int Vector = 64;
    private const byte None = 0x80;

    private static readonly byte[] s_bits = BitControls();
    private static readonly byte[] s_pairs = PairControls();

    /// <summary>Tables of one-bit weights: one for each step of four codes.</summary>
    /// <param name="codes">Steps of neighbouring pixels, four codes each.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="tables">Receives a table for each pixel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bits(byte* codes, int count, byte* tables)
    {
        byte* controls = Start(s_bits);
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector)), k3 = L.Load(controls + (3 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.SpreadCodes(codes);
            V low = L.AddBytes(L.Shuffle(a, k0), L.Shuffle(a, k1)), high = L.AddBytes(L.Shuffle(a, k2), L.Shuffle(a, k3));
            L.Store(L.AddBytes(low, high), tables);
            codes += L.Pixels * LutLayout.StepCodes;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Tables of two-bit weights: two for each step of four codes.</summary>
    /// <param name="codes">Steps of neighbouring pixels, four codes each.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="tables">Receives each pixel's table of its first two codes.</param>
    /// <param name="second">Receives each pixel's table of its last two codes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pairs(byte* codes, int count, byte* tables, byte* second)
    {
        byte* controls = Start(s_pairs);
        V copies = L.Load(controls), twice = L.Load(controls + Vector), thrice = L.Load(controls + (2 * Vector));
        V k0 = L.Load(controls + (3 * Vector)), k1 = L.Load(controls + (4 * Vector)), k2 = L.Load(controls + (5 * Vector)), k3 = L.Load(controls + (6 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            // Once, twice and three times the four codes.
            V a = L.Shuffle(L.SpreadCodes(codes), copies);
            a = L.AddBytes(a, L.AddBytes(L.And(a, twice), L.And(a, thrice)));
            L.Store(L.AddBytes(L.Shuffle(a, k0), L.Shuffle(a, k1)), tables);
            L.Store(L.AddBytes(L.Shuffle(a, k2), L.Shuffle(a, k3)), second);
            codes += L.Pixels * LutLayout.StepCodes;
            tables += L.Pixels * LutLayout.TableBytes;
            second += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>sums[i] += Σ codes·weights of the four codes of step i; whole vectors of 32-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSums(byte* codes, int count, V weights, int* sums)
    {
        for (; count > 0; count -= 4 * L.Pixels)
        {
            L.Store(L.AddInts(L.Load((byte*)sums), L.Dot(L.Load(codes), weights)), (byte*)sums);
            codes += 16 * L.Pixels;
            sums += 4 * L.Pixels;
        }
    }

    /// <summary>y[i] += x[i]; whole vectors of 32-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddInts(int* x, int count, int* y)
    {
        for (; count > 0; count -= 4 * L.Pixels)
        {
            L.Store(L.AddInts(L.Load((byte*)y), L.Load((byte*)x)), (byte*)y);
            x += 4 * L.Pixels;
            y += 4 * L.Pixels;
        }
    }

    private static byte* Start(byte[] pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    // Control i picks code i of the pixel where bit i of the entry is set.
    private static byte[] BitControls()
    {
        byte[] controls = GC.AllocateArray<byte>(4 * Vector, pinned: true);
        for (int at = 0; at < controls.Length; at++)
        {
            int i = at / Vector, pixel = at % Vector / 16, entry = at % 16;
            controls[at] = ((entry >> i) & 1) != 0 ? (byte)((4 * pixel) + i) : None;
        }

        return controls;
    }

    // Three copies of the pixel's codes; the bytes that are added a second and a third time; then the codes of one weight of each entry.
    private static byte[] PairControls()
    {
        byte[] controls = GC.AllocateArray<byte>(7 * Vector, pinned: true);
        for (int at = 0; at < Vector; at++)
        {
            int pixel = at / 16, entry = at % 16;
            controls[at] = entry < 12 ? (byte)((4 * pixel) + (entry % 4)) : None;
            controls[Vector + at] = entry is >= 4 and < 12 ? byte.MaxValue : (byte)0;
            controls[(2 * Vector) + at] = entry is >= 8 and < 12 ? byte.MaxValue : (byte)0;
            for (int i = 0; i < 4; i++)
            {
                int weight = (entry >> (2 * (i % 2))) & 3;
                controls[((3 + i) * Vector) + at] = weight == 0 ? None : (byte)((4 * (weight - 1)) + i);
            }
        }

        return controls;
    }
}
