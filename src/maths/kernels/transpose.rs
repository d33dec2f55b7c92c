//! Transposes, in blocks that stay in registers.

use super::Kernels;
#[cfg(target_arch = "x86_64")]
use super::{LEVEL, Level};

const BLOCK: usize = 8;

/// out ← transpose of the row-major rows × columns matrix.
pub fn transpose<T: Kernels + Copy>(matrix: &[T], columns: usize, out: &mut [T]) {
    let rows = matrix.len() / columns.max(1);
    debug_assert!(out.len() == rows * columns, "transpose of {rows} x {columns}");
    if rows == 1 || columns == 1 {
        out.copy_from_slice(matrix);
        return;
    }
    let [whole_rows, whole_columns] =
        if T::transpose_blocks(matrix, columns, out) { [rows, columns].map(|len| len - len % BLOCK) } else { [0; 2] };
    let mut rest = |rows_left: std::ops::Range<usize>, columns_left: std::ops::Range<usize>| {
        for i in rows_left {
            for j in columns_left.clone() {
                out[j * rows + i] = matrix[i * columns + j];
            }
        }
    };
    rest(0..whole_rows, whole_columns..columns);
    rest(whole_rows..rows, 0..columns);
}

/// Does all whole blocks of 8 × 8, if this processor has a way to.
#[cfg(target_arch = "x86_64")]
pub(super) fn blocks(matrix: &[f32], columns: usize, out: &mut [f32]) -> bool {
    let simd = pulp::x86::V3::try_new().filter(|_| LEVEL.get() != Level::Plain);
    simd.is_some_and(|simd| {
        simd.vectorize(Blocks { simd, matrix, columns, out });
        true
    })
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn blocks(_: &[f32], _: usize, _: &mut [f32]) -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
struct Blocks<'a> {
    simd: pulp::x86::V3,
    matrix: &'a [f32],
    columns: usize,
    out: &'a mut [f32],
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, matrix, columns, out } = self;
        let rows = matrix.len() / columns;
        for (band, strip) in matrix.chunks_exact(BLOCK * columns).enumerate() {
            // Slices of one length, so that one check serves them all.
            let (a, strip) = strip.split_at(columns);
            let (b, strip) = strip.split_at(columns);
            let (c, strip) = strip.split_at(columns);
            let (d, strip) = strip.split_at(columns);
            let (e, strip) = strip.split_at(columns);
            let (f, strip) = strip.split_at(columns);
            let (g, strip) = strip.split_at(columns);
            let (h, _) = strip.split_at(columns);
            let mut first = 0;
            for strip in out.chunks_exact_mut(BLOCK * rows) {
                let last = first + BLOCK;
                if last > columns {
                    break;
                }
                let block = [
                    &a[first..last],
                    &b[first..last],
                    &c[first..last],
                    &d[first..last],
                    &e[first..last],
                    &f[first..last],
                    &g[first..last],
                    &h[first..last],
                ];
                turn(simd, block, strip, rows, band * BLOCK);
                first = last;
            }
        }
    }
}

/// One block. Rows r and r + 4 go side by side into a register, four columns of them at a time.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turn(simd: pulp::x86::V3, block: [&[f32]; BLOCK], out: &mut [f32], rows: usize, at: usize) {
    // No closures and no `map`: the intrinsics are only inlined into what is compiled for them.
    let avx = simd.avx;
    let mut r = [avx._mm256_setzero_ps(); BLOCK];
    for (r, row) in r.iter_mut().zip(block) {
        let Some(row) = row.first_chunk::<BLOCK>() else { return };
        *r = pulp::cast(*row);
    }
    let u0 = avx._mm256_unpacklo_ps(r[0], r[1]);
    let u1 = avx._mm256_unpackhi_ps(r[0], r[1]);
    let u2 = avx._mm256_unpacklo_ps(r[2], r[3]);
    let u3 = avx._mm256_unpackhi_ps(r[2], r[3]);
    let u4 = avx._mm256_unpacklo_ps(r[4], r[5]);
    let u5 = avx._mm256_unpackhi_ps(r[4], r[5]);
    let u6 = avx._mm256_unpacklo_ps(r[6], r[7]);
    let u7 = avx._mm256_unpackhi_ps(r[6], r[7]);
    let s0 = avx._mm256_shuffle_ps::<0x44>(u0, u2);
    let s1 = avx._mm256_shuffle_ps::<0xEE>(u0, u2);
    let s2 = avx._mm256_shuffle_ps::<0x44>(u1, u3);
    let s3 = avx._mm256_shuffle_ps::<0xEE>(u1, u3);
    let s4 = avx._mm256_shuffle_ps::<0x44>(u4, u6);
    let s5 = avx._mm256_shuffle_ps::<0xEE>(u4, u6);
    let s6 = avx._mm256_shuffle_ps::<0x44>(u5, u7);
    let s7 = avx._mm256_shuffle_ps::<0xEE>(u5, u7);
    let turned = [
        avx._mm256_permute2f128_ps::<0x20>(s0, s4),
        avx._mm256_permute2f128_ps::<0x20>(s1, s5),
        avx._mm256_permute2f128_ps::<0x20>(s2, s6),
        avx._mm256_permute2f128_ps::<0x20>(s3, s7),
        avx._mm256_permute2f128_ps::<0x31>(s0, s4),
        avx._mm256_permute2f128_ps::<0x31>(s1, s5),
        avx._mm256_permute2f128_ps::<0x31>(s2, s6),
        avx._mm256_permute2f128_ps::<0x31>(s3, s7),
    ];
    let mut rest = out;
    for turned in turned {
        // No iterator over rows: it would divide to count them.
        let Some((row, below)) = rest.split_at_mut_checked(rows) else { return };
        let numbers: [f32; BLOCK] = pulp::cast(turned);
        if let Some(place) = row[at..].first_chunk_mut() {
            *place = numbers;
        }
        rest = below;
    }
}
