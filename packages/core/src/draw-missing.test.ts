import { describe, expect, it } from 'vitest'
import type { DrawFeed } from './backend.ts'
import { drawMissing, drawMissingInputs } from './draw-missing.ts'
import { drawnPort, labelField } from './field.ts'
import type { Feed } from './model.ts'
import { float32, type NDArray, ndarray } from './ndarray.ts'

/** Draws zeros, and remembers what for. */
function drawing() {
  const asked: [name: string, feed: Feed][] = []
  const draw: DrawFeed = (name, feed) => {
    asked.push([name, feed])
    return ndarray('float32', feed.shape)
  }
  return { asked, draw }
}

describe('drawMissing', () => {
  const random = { dtype: 'float32', shape: [2], source: { from: 'random', distribution: 'uniform' } } as const
  const image = { dtype: 'float32', shape: [2], source: { from: 'batch', field: 'image' } } as const
  const given = float32([2], [1, 2])

  it('draws random feeds that are missing, and leaves others missing', () => {
    const { asked, draw } = drawing()
    const feeds = drawMissing({ noise: random, latent: random, image }, { latent: given }, draw)
    expect(feeds).toEqual({ latent: given, noise: ndarray('float32', [2]) })
    expect(asked).toEqual([['noise', random]])
  })

  it('leaves feeds as they are without draw', () => {
    expect(drawMissing({ noise: random }, {}, undefined)).toEqual({})
  })
})

describe('drawMissingInputs', () => {
  const ports = {
    labels: labelField(['a', 'b']),
    latent: drawnPort('latent', [3], 'normal'),
    noise: drawnPort('noise', [2, 2], 'uniform'),
  }
  const labels: NDArray = ndarray('int32', [5])

  it('draws as many elements as the others have, in the distribution of the port', () => {
    const { asked, draw } = drawing()
    const inputs = drawMissingInputs(ports, { labels, latent: ndarray('float32', [5, 3]) }, draw)
    expect(inputs.noise!.shape).toEqual([5, 2, 2])
    const source = { from: 'random', distribution: 'uniform' }
    expect(asked).toEqual([['noise', { dtype: 'float32', shape: [5, 2, 2], source }]])
  })

  it('draws nothing without an input that tells how many, without draw, or of an open length', () => {
    const { asked, draw } = drawing()
    expect(drawMissingInputs(ports, {}, draw)).toEqual({})
    expect(drawMissingInputs(ports, { labels }, undefined)).toEqual({ labels })
    expect(drawMissingInputs({ map: drawnPort('noise', ['height'], 'normal') }, { labels }, draw)).toEqual({ labels })
    expect(asked).toEqual([])
  })
})
