import type { Step } from './steps.ts'

/** A convolution with what its place in the network says about its kernel. */
export interface TracedConvolution {
  readonly name: string
  /** [filters, channels, height, width] */
  readonly shape: readonly [number, number, number, number]
}

/** Follows the channels through the steps: every convolution's kernel, and how many channels come out. */
export function traceConvolutions(
  steps: readonly Step[],
  channels: number,
): { readonly convolutions: readonly TracedConvolution[]; readonly channels: number } {
  const convolutions: TracedConvolution[] = []
  let present = channels
  for (const step of steps) {
    if (step.kind === 'convolution') {
      convolutions.push({ name: step.name, shape: [step.filters, present, ...step.kernel] })
      present = step.filters
    } else if (step.kind === 'fork') {
      const branches = step.branches.map((branch) => traceConvolutions(branch, present))
      convolutions.push(...branches.flatMap((branch) => branch.convolutions))
      present = branches.reduce((sum, branch) => sum + branch.channels, 0)
    }
  }
  return { convolutions, channels: present }
}
