import { attribute } from '@gantry/onnx'
import type { Recording } from '../recording/recording.ts'
import { along, type Window } from './window.ts'

/**
 * Padded `same`, whether windows may step over numbers: then ⌈input/step⌉ windows need less than no padding for some lengths.
 * TensorFlow pads by max(0, …); of what is negative, ONNX Runtime's `SAME_UPPER` refuses some and cuts half off the front of others.
 */
export function stepsOver(window: Window): boolean {
  return window.same && window.axes.some(({ stride, reach }) => stride > reach)
}

/** Windows of one number are never padded, whatever their steps. */
export function isNeverPadded(window: Window): boolean {
  return window.axes.every(({ reach }) => reach === 1)
}

/** Images padded by TensorFlow's rule for whatever lengths they have when the graph runs. */
export function padAsTensorflow(recording: Recording, images: string, window: Window, value: number): string {
  const integers = (values: readonly number[]) => recording.integers(values)
  const node = (operator: string, ...inputs: string[]) => recording.node(operator, inputs)
  const strides = integers(along(window, ({ stride }) => stride))
  const input = spaceOf(recording, images, window)
  const rounded = node('Add', input, integers(along(window, ({ stride }) => stride - 1)))
  // (⌈input/step⌉ - 1)·step + window - input
  const last = node('Sub', node('Div', rounded, strides), integers(window.axes.map(() => 1)))
  const end = node('Add', node('Mul', last, strides), integers(along(window, ({ reach }) => reach)))
  const total = node('Max', node('Sub', end, input), integers(window.axes.map(() => 0)))
  const before = node('Div', total, integers(window.axes.map(() => 2)))
  const none = integers([0, 0])
  const pads = recording.node('Concat', [none, before, none, node('Sub', total, before)], { axis: attribute.int(0) })
  return node('Pad', images, pads, recording.scalar(value))
}

/** The lengths of the images' rows, columns and so on. */
function spaceOf(recording: Recording, images: string, window: Window): string {
  const places = recording.integers(window.axes.map((_, axis) => axis + 2))
  return recording.node('Gather', [recording.node('Shape', [images]), places], { axis: attribute.int(0) })
}

/** The largest numbers of windows that {@link stepsOver}. */
export function maximaSteppingOver(
  recording: Recording,
  images: string,
  window: Window,
  pool: (images: string) => string,
): string {
  return pool(padAsTensorflow(recording, images, window, Number.NEGATIVE_INFINITY))
}

/** The averages of windows that {@link stepsOver}: of padded images, divided by how much of each window is none. */
export function averagesSteppingOver(
  recording: Recording,
  images: string,
  window: Window,
  pool: (images: string) => string,
): string {
  const shape = recording.node('Concat', [recording.integers([1, 1]), spaceOf(recording, images, window)], {
    axis: attribute.int(0),
  })
  const ones = recording.node('Expand', [recording.scalar(1), shape])
  const [sums, counts] = [images, ones].map((own) => pool(padAsTensorflow(recording, own, window, 0)))
  return recording.node('Div', [sums!, counts!])
}
