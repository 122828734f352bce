import { ConfigurationError, type NDArray } from '@gantry/core'
import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix'
import type { Latent } from './ways.ts'

/** Where to go in a latent space, and how far things lie apart there. */
export interface Direction {
  /** Of length 1. */
  readonly vector: Latent
  /** What one step is: a standard deviation of what the generator has seen, or 1 where nobody knows. */
  readonly scale: number
}

/**
 * Directions in which what a generator makes of a latent vector differs most (Shen and Zhou, Closed-Form Factorization of Latent Semantics
 * in GANs, CVPR 2021, equation 6): the eigenvectors of AᵀA, A the weights that take the vector into the network, largest eigenvalue first.
 * Needs no sample.
 *
 * @param weights of the layers that the vector enters, [outputs, latent size] each; those of several layers are taken together
 * @throws ConfigurationError `DIRECTIONS_INVALID` for matrices of different widths, or none
 */
export function closedFormDirections(weights: readonly NDArray[], count: number): Direction[] {
  const size = weights[0]?.shape[1]
  if (size === undefined || weights.some(({ shape }) => shape.length !== 2 || shape[1] !== size)) {
    throw new ConfigurationError({
      code: 'DIRECTIONS_INVALID',
      message: `Directions come from matrices of one width, not of ${weights.map(({ shape }) => `[${shape}]`).join(', ') || 'none'}.`,
    })
  }
  const sum = Matrix.zeros(size, size)
  for (const weight of weights) {
    // Shen and Zhou's code gives every output the same say, so that wide layers do not speak for all.
    const rows = matrixOf(weight)
    for (const row of rows.to2DArray()) {
      const length = Math.hypot(...row) || 1
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) sum.set(i, j, sum.get(i, j) + (row[i]! * row[j]!) / length ** 2)
    }
  }
  return eigenvectors(sum, count).map(({ vector }) => ({ vector, scale: 1 }))
}

/** The principal components of latent vectors, and where they are centred. */
export interface PrincipalDirections {
  readonly mean: Latent
  /** The widest first; `scale` is the standard deviation along it. */
  readonly directions: readonly Direction[]
}

/**
 * Principal components of what a generator maps noise to (Härkönen et al., GANSpace, NeurIPS 2020): of the vectors w of many z.
 *
 * @param latents [count, size]
 */
export function principalDirections(latents: NDArray, count: number): PrincipalDirections {
  const rows = matrixOf(latents)
  const mean = rows.mean('column')
  const centred = Matrix.sub(rows, Matrix.ones(rows.rows, 1).mmul(Matrix.rowVector(mean)))
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(Math.max(1, rows.rows - 1))
  const directions = eigenvectors(covariance, count).map(({ vector, value }) => ({
    vector,
    scale: Math.sqrt(Math.max(0, value)),
  }))
  return { mean: Float32Array.from(mean), directions }
}

/** The normal of a boundary, and how well it divides. */
export interface Boundary extends Direction {
  /** Share of the latents on the right side, of those that it was not fitted to. */
  readonly accuracy: number
}

/**
 * The direction in which an attribute appears: the normal of the linear boundary between latents with it and without (Shen et al.,
 * InterFaceGAN, CVPR 2020, there by a support vector machine; here by Fisher's discriminant, Σ⁻¹(μ₁ − μ₀), which has a closed form).
 * Fitted to every latent but each fourth of its side, by which it is judged.
 *
 * @param latents [count, size]
 * @param has whether each has the attribute
 * @throws ConfigurationError `BOUNDARY_IMPOSSIBLE` where less than two are on one side
 */
export function attributeDirection(latents: NDArray, has: readonly boolean[]): Boundary {
  const rows = matrixOf(latents)
  const indices = Array.from({ length: rows.rows }, (_, index) => index)
  // Of each side for itself: classes that come in turn may have a period of four, too.
  const sides = [false, true].map((wanted) => indices.filter((index) => has[index] === wanted))
  const isJudged = (_: number, place: number) => place % 4 === 3
  const [without, having] = sides.map((own) => own.filter((index, place) => !isJudged(index, place))) as [
    number[],
    number[],
  ]
  if (without.length < 2 || having.length < 2) {
    throw new ConfigurationError({
      code: 'BOUNDARY_IMPOSSIBLE',
      message: `Of ${rows.rows} latents ${has.filter(Boolean).length} have the attribute: a boundary needs some on both sides.`,
      fix: 'Ask for an attribute that about half of the samples have, or for more samples.',
    })
  }
  const means = [without, having].map((own) => rows.subMatrixRow(own).mean('column'))
  const scatter = Matrix.zeros(rows.columns, rows.columns)
  for (const [group, own] of [without, having].entries()) {
    const centred = Matrix.sub(rows.subMatrixRow(own), Matrix.ones(own.length, 1).mmul(Matrix.rowVector(means[group]!)))
    scatter.add(centred.transpose().mmul(centred))
  }
  const freedom = without.length + having.length - 2
  scatter.div(freedom || 1)
  // Few latents of many numbers have no inverse of their own: a little of the mean variance (Ledoit and Wolf 2004) makes one.
  const ridge = (1e-3 * scatter.trace()) / rows.columns || 1e-12
  for (let index = 0; index < rows.columns; index++) scatter.set(index, index, scatter.get(index, index) + ridge)
  const difference = means[1]!.map((value, index) => value - means[0]![index]!)
  const normal = solve(scatter, Matrix.columnVector(difference)).to1DArray()
  const length = Math.hypot(...normal) || 1
  const vector = Float32Array.from(normal, (value) => value / length)
  const project = (row: readonly number[]) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0)
  const middle = (project(means[0]!) + project(means[1]!)) / 2
  const judged = sides.flatMap((own) => own.filter(isJudged))
  const right = judged.filter((index) => project(rows.getRow(index)) > middle === has[index]).length
  return { vector, scale: deviationAlong(latents, vector), accuracy: right / Math.max(1, judged.length) }
}

/**
 * How far latent vectors lie apart along a direction: the standard deviation of their projections.
 *
 * @param latents [count, size]
 */
export function deviationAlong(latents: NDArray, vector: Latent): number {
  const values = matrixOf(latents)
    .mmul(Matrix.columnVector([...vector]))
    .to1DArray()
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1))
}

/** Of a symmetric matrix, the largest eigenvalue first; the largest number of each vector is positive, so that signs are no accident. */
function eigenvectors(matrix: Matrix, count: number): { readonly vector: Latent; readonly value: number }[] {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true })
  const order = realEigenvalues
    .map((_, index) => index)
    .sort((left, right) => realEigenvalues[right]! - realEigenvalues[left]!)
  return order.slice(0, count).map((index) => {
    const vector = eigenvectorMatrix.getColumn(index)
    const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    return {
      vector: Float32Array.from(vector, (value) => value * Math.sign(largest || 1)),
      value: realEigenvalues[index]!,
    }
  })
}

function matrixOf({ shape, data }: NDArray): Matrix {
  return Matrix.from1DArray(shape[0]!, shape[1]!, data as Float32Array)
}
