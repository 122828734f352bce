import type { Device } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { chooseDevice, type Machine } from './choose-device.ts'

/** A machine whose devices take these times, or are missing for these reasons. */
function machine(answers: Record<Device, number | string>, noGpu?: string): Machine {
  return {
    probe: async (device) => {
      const answer = answers[device]
      return typeof answer === 'number'
        ? { device, available: true, milliseconds: answer }
        : { device, available: false, reason: answer }
    },
    whyNoGpu: () => noGpu,
  }
}

describe('chooseDevice', () => {
  test.each([
    ['takes CUDA where it works', { cpu: 20, cuda: 19, webgpu: 1 }, 'cuda', []],
    [
      'takes a WebGPU device that is twice as fast as the CPU',
      { cpu: 20, cuda: 'none', webgpu: 10 },
      'webgpu',
      ['none'],
    ],
    [
      'leaves one that is barely faster',
      { cpu: 20, cuda: 'none', webgpu: 15 },
      'cpu',
      ['none', expect.stringContaining('matrices in 15.0 ms')],
    ],
    [
      'leaves an adapter in software',
      { cpu: 20, cuda: 'none', webgpu: 3500 },
      'cpu',
      ['none', expect.stringMatching(/in 3500\.0 ms.*in 20\.0 ms: an adapter in software/)],
    ],
    ['survives a driver that crashes', { cpu: 20, cuda: 'none', webgpu: 'it crashed' }, 'cpu', ['none', 'it crashed']],
  ])('auto %s', async (_, answers, device, reasons) => {
    const choice = await chooseDevice('auto', machine(answers))
    expect(choice).toMatchObject({ device, warnings: [] })
    expect(choice.rejected.map(({ reason }) => reason)).toEqual(reasons)
  })

  test('auto asks no GPU that is plainly not there', async () => {
    const choice = await chooseDevice('auto', machine({ cpu: 20, cuda: 'none', webgpu: 1 }, 'no GPU'))
    expect(choice).toEqual({
      device: 'cpu',
      rejected: [
        { name: 'cuda', reason: 'none' },
        { name: 'webgpu', reason: 'no GPU' },
      ],
      warnings: [],
    })
  })

  test('takes the device that was asked for, and warns of a slow one', async () => {
    const slow = machine({ cpu: 20, cuda: 30, webgpu: 3500 })
    expect(await chooseDevice('cuda', slow)).toEqual({ device: 'cuda', rejected: [], warnings: [] })
    const { device, warnings } = await chooseDevice('webgpu', slow)
    expect(device).toBe('webgpu')
    expect(warnings).toEqual([expect.stringMatching(/^The device 'webgpu' multiplies/)])
  })

  test.each(['cuda', 'webgpu'] as const)('refuses %s where it is missing, with what would help', async (device) => {
    const bare = machine({ cpu: 20, cuda: 'no driver', webgpu: 'no driver' })
    await expect(chooseDevice(device, bare)).rejects.toThrow(
      expect.objectContaining({
        name: 'UnsupportedError',
        code: 'DEVICE_UNAVAILABLE',
        message: expect.stringMatching(`'${device}' cannot be used here: no driver. Install`),
      }),
    )
  })

  test('refuses what is no device, which ONNX Runtime would pass over', async () => {
    const willing = machine({ cpu: 20, cuda: 1, webgpu: 1 })
    await expect(chooseDevice('webgpo' as never, willing)).rejects.toThrow(
      expect.objectContaining({ code: 'DEVICE_UNKNOWN', message: expect.stringContaining("'webgpu'") }),
    )
  })
})
