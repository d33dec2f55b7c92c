//! The number types that everything is written for: `f32` to train, `f64` to check.

use ndarray::NdFloat;

use super::kernels::Kernels;

/// A floating-point number.
pub trait Real: NdFloat + Default + std::iter::Sum + Kernels {
    /// The nearest number of this type.
    fn of(value: f64) -> Self;

    /// As a double.
    fn double(self) -> f64;

    /// Sine and cosine, fit for a loop that the compiler vectorises. For `f32` a polynomial with
    /// an absolute error below 3e-7 for |x| ≤ 100 (and below 3e-8·|x| beyond), for `f64` the
    /// standard library's.
    fn sine_cosine(self) -> (Self, Self);

    /// e^x, fit for a loop that the compiler vectorises. For `f32` by a polynomial with a relative error below
    /// 1e-6 for |x| ≤ 87; above it is infinite, below e^−87.
    fn exponential(self) -> Self;

    /// 1/(1 + e^−x), fit for a loop that the compiler vectorises. For `f32` by a polynomial with a
    /// relative error below 1e-6 for x ≥ −80.
    fn logistic(self) -> Self;
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn double(self) -> f64 {
        self
    }

    fn sine_cosine(self) -> (Self, Self) {
        self.sin_cos()
    }

    fn exponential(self) -> Self {
        self.exp()
    }

    fn logistic(self) -> Self {
        1.0 / (1.0 + (-self).exp())
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value as Self
    }

    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }

    /// x = nπ + s with |s| ≤ π/2, so sin x = (−1)ⁿ sin s and cos x = (−1)ⁿ cos s; both series share s².
    #[inline(always)]
    fn sine_cosine(self) -> (Self, Self) {
        // Adding 1.5·2²³ rounds to a whole number whose parity is the lowest bit.
        const ROUND: f32 = 12_582_912.0;
        // π in three parts, the first two short enough for n times them to be exact.
        const PI_HIGH: f32 = 3.140_625;
        const PI_MIDDLE: f32 = 9.670_257_6e-4;
        const PI_LOW: f32 = 6.277_114e-7;
        let shifted = self * std::f32::consts::FRAC_1_PI + ROUND;
        let n = shifted - ROUND;
        let sign = (shifted.to_bits() & 1) << 31;
        let s = self - n * PI_HIGH - n * PI_MIDDLE - n * PI_LOW;
        let q = s * s;
        let sine = s + s
            * q
            * (-1.666_666_7e-1 + q * (8.333_333e-3 + q * (-1.984_127e-4 + q * (2.755_731_9e-6 + q * -2.505_210_8e-8))));
        let cosine = 1.0
            + q * (-0.5
                + q * (4.166_666_8e-2
                    + q * (-1.388_888_9e-3 + q * (2.480_158_7e-5 + q * (-2.755_732e-7 + q * 2.087_675_7e-9)))));
        (Self::from_bits(sine.to_bits() ^ sign), Self::from_bits(cosine.to_bits() ^ sign))
    }

    /// e^x = 2ⁿ e^r with n whole and |r| ≤ ln 2 / 2; 2ⁿ is put together from its bits.
    #[inline(always)]
    fn exponential(self) -> Self {
        const ROUND: f32 = 12_582_912.0;
        // ln 2 in two parts, the first short enough for n times it to be exact.
        const LN_2_HIGH: f32 = 0.693_359_4;
        const LN_2_LOW: f32 = -2.121_944_4e-4;
        const MOST: f32 = 87.0;
        let x = self.clamp(-MOST, MOST);
        let shifted = x * std::f32::consts::LOG2_E + ROUND;
        let n = shifted - ROUND;
        let r = x - n * LN_2_HIGH - n * LN_2_LOW;
        let series = 1.0
            + r * (1.0
                + r * (0.5 + r * (1.666_666_7e-1 + r * (4.166_666_8e-2 + r * (8.333_333e-3 + r * 1.388_888_9e-3)))));
        let power = Self::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits())) * series;
        if self > MOST { Self::INFINITY } else { power }
    }

    #[inline(always)]
    fn logistic(self) -> Self {
        1.0 / (1.0 + (-self).exponential())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomial_sine_keeps_its_stated_error() {
        for i in -400_000..=400_000 {
            let x = i as f32 * 2.5e-4;
            let (sine, cosine) = x.sine_cosine();
            let (true_sine, true_cosine) = f64::from(x).sin_cos();
            assert!((f64::from(sine) - true_sine).abs() < 3e-7, "sin {x}: {sine} {true_sine}");
            assert!((f64::from(cosine) - true_cosine).abs() < 3e-7, "cos {x}: {cosine} {true_cosine}");
        }
    }

    #[test]
    fn polynomial_logistic_keeps_its_stated_error() {
        for i in -80_000..=120_000 {
            let x = i as f32 * 1e-3;
            let truth = f64::from(x).logistic();
            let ours = f64::from(x.logistic());
            assert!((ours - truth).abs() < 1e-6 * truth, "σ({x}) = {ours}, not {truth}");
        }
        assert!(f32::NAN.logistic().is_nan());
        assert_eq!(f32::INFINITY.logistic(), 1.0);
        assert!(f32::NEG_INFINITY.logistic() < 1e-30);
    }

    #[test]
    fn polynomial_exponential_keeps_its_stated_error() {
        for i in -86_900..=86_900 {
            let x = i as f32 * 1e-3;
            let truth = f64::from(x).exp();
            let ours = f64::from(x.exponential());
            assert!((ours - truth).abs() < 1e-6 * truth, "e^{x} = {ours}, not {truth}");
        }
        assert!(f32::NAN.exponential().is_nan());
        assert_eq!(88.0_f32.exponential(), f32::INFINITY);
        assert!(f32::NEG_INFINITY.exponential() < 1e-37);
    }

    #[test]
    fn what_is_not_finite_stays_so() {
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let (sine, cosine) = x.sine_cosine();
            assert!(sine.is_nan() && cosine.is_nan());
        }
    }
}
