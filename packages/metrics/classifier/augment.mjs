// Handwriting as other hands might have written it: small rotations, scales, shears and shifts, drawn per image.
const SIDE = 28
const CENTRE = (SIDE - 1) / 2

/** Draws uniformly from -limit to limit. */
const around = (random, limit) => (2 * random.uniform() - 1) * limit

/**
 * Resamples images bilinearly under random affine maps; what lies outside is background.
 *
 * @param {Float32Array} samples [-1, 1], row-major images of 28×28
 * @param {import('@gantry/core').RandomStream} random
 * @returns {Float32Array} [0, 1]
 */
export function augment(samples, random) {
  const size = SIDE * SIDE
  const result = new Float32Array(samples.length)
  for (let start = 0; start < samples.length; start += size) {
    const angle = around(random, Math.PI / 15)
    const scale = 1 + around(random, 0.1)
    const shear = around(random, 0.15)
    const [dx, dy] = [around(random, 2), around(random, 2)]
    const [cosine, sine] = [Math.cos(angle) / scale, Math.sin(angle) / scale]
    const pixel = (x, y) => (x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : (samples[start + y * SIDE + x] + 1) / 2)
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        const v = row - CENTRE - dy
        const u = column - CENTRE - dx + shear * v
        const x = cosine * u - sine * v + CENTRE
        const y = sine * u + cosine * v + CENTRE
        const [left, top] = [Math.floor(x), Math.floor(y)]
        const [right, below] = [x - left, y - top]
        result[start + row * SIDE + column] =
          (1 - below) * ((1 - right) * pixel(left, top) + right * pixel(left + 1, top)) +
          below * ((1 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1))
      }
    }
  }
  return result
}
