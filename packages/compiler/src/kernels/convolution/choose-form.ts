import type { Recording } from '../../recording/recording.ts'
import type { Window } from '../window.ts'
import type { BilinearAlgorithm } from './algorithms/bilinear-algorithm.ts'
import { fourier } from './algorithms/fourier.ts'
import { type PhasedAxis, phasedAxis } from './algorithms/phased-axis.ts'
import { largestTile, toomCook } from './algorithms/toom-cook.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { costOfDirect, costOfInputPatches, costOfOutputPatches, costOfTransformed } from './cost.ts'
import { directForm } from './direct-form.ts'
import { inputPatchesForm, outputPatchesForm } from './patches-form.ts'
import { pointwiseForm } from './pointwise-form.ts'
import { transformedForm } from './transformed-form.ts'

/** A form that fits, with what it is expected to take. */
export interface FormCandidate {
  readonly name: string
  readonly form: ConvolutionForm
  /** Seconds of the convolution and both its gradients. */
  readonly cost: number
}

/** Pixels of a phase beyond which the matrices of a Fourier transform of the whole image are too large to be made. */
const FOURIER_PIXELS = 16 * 16

/** Every form in which a convolution of images can be written. */
export function candidateForms(window: Window): FormCandidate[] {
  const candidates: FormCandidate[] = [{ name: 'direct', form: directForm, cost: costOfDirect(window) }]
  const { axes } = window
  if (axes.length !== 2) return candidates
  if (axes.every(({ filter, stride, input, output }) => filter === 1 && stride === 1 && input === output)) {
    candidates.push({ name: 'pointwise', form: pointwiseForm, cost: 0 })
    return candidates
  }
  candidates.push({ name: 'input patches', form: inputPatchesForm, cost: costOfInputPatches(window) })
  candidates.push({ name: 'output patches', form: outputPatchesForm, cost: costOfOutputPatches(window) })
  if (axes.some(({ dilation, filter }) => dilation > 1 || filter === 0)) return candidates
  const phased = axes.map(phasedAxis) as [PhasedAxis, PhasedAxis]
  const add = (name: string, algorithm: BilinearAlgorithm) =>
    candidates.push({ name, form: transformedForm(algorithm), cost: costOfTransformed(window, algorithm) })
  const largest = Math.min(largestTile(phased), Math.max(...phased.map(({ outputs }) => outputs)))
  for (let tile = 2; tile <= largest; tile++) add(`toom-cook ${tile}`, toomCook(phased, tile))
  if (phased.reduce((pixels, { inputs }) => pixels * inputs, 1) <= FOURIER_PIXELS) add('fourier', fourier(phased))
  return candidates
}

/** By window: a program is recorded several times, and its convolutions are few. */
const chosen = new Map<string, ConvolutionForm>()

/** The form that takes the least time; a convolution and its gradients get the same one, so that they share transforms. */
export function chooseForm(recording: Recording, window: Window): ConvolutionForm {
  if (recording.convolutions === 'direct') return directForm
  const key = JSON.stringify(window)
  const known = chosen.get(key)
  if (known !== undefined) return known
  const { form } = candidateForms(window).reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best))
  chosen.set(key, form)
  return form
}
