import { decodeSafetensors, encodeSafetensors, float32, ndarray } from '@gantry/core'
import { expectClearRefusals } from '@gantry/files/testing'
import { expect, it } from 'vitest'
import { readSafetensors } from './read-safetensors.ts'

const file = encodeSafetensors({
  tensors: {
    kernel: float32([2, 3], [1, 2, 3, 4, 5, 6]),
    steps: ndarray('int64', [], BigInt64Array.of(7n)),
    empty: ndarray('uint8', [0, 4]),
  },
  metadata: { step: '12', author: 'me' },
})
const [length] = new BigUint64Array(file.slice(0, 8).buffer)
const header = file.subarray(8, 8 + Number(length))

/** A file with another header, whose length is right again: what stands in it is reached by every mutation. */
function withHeader(text: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(BigUint64Array.of(BigInt(text.length)).buffer),
    text,
    file.subarray(8 + header.length),
  ])
}

const readers = { checkpoints: decodeSafetensors, 'weights of others': readSafetensors }

it.each(Object.entries(readers))('refuses damaged .safetensors of %s clearly, or reads them', async (name, read) => {
  const whole = await expectClearRefusals(`safetensors (${name})`, [file], async (bytes) => read(bytes))
  const headers = await expectClearRefusals(`safetensors headers (${name})`, [header], async (bytes) =>
    read(withHeader(bytes)),
  )
  for (const { read: accepted, refused } of [whole, headers]) {
    expect(accepted).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
  }
})

it('keeps a tensor with the name of what every object has', () => {
  const named = encodeSafetensors({ tensors: Object.fromEntries([['__proto__', float32([1], [5])]]), metadata: {} })
  expect([...readSafetensors(named)]).toEqual([['__proto__', float32([1], [5])]])
})
