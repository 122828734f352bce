// The address of the page: a link shows the same again.

/** What an address asks for: a model, a seed or a mixture of several, and inputs; what it does not say, or says wrong, is left out. */
export function readAddress(search) {
  const query = new URLSearchParams(search)
  const seed = query.get('seed')
  const mix = (query.get('mix') ?? '').split(' ').map((part) => part.split(':').map(Number))
  const isSeed = (value) => Number.isSafeInteger(value) && value >= 0
  const isMix = mix.length > 1 && mix.every(([each, weight]) => isSeed(each) && Number.isFinite(weight))
  const inputs = [...query].flatMap(([key, value]) => (key.startsWith('in.') ? [[key.slice(3), value]] : []))
  return {
    model: query.get('model'),
    point: isMix
      ? mix.map(([each, weight]) => ({ seed: each, weight }))
      : seed && isSeed(Number(seed))
        ? [{ seed: Number(seed), weight: 1 }]
        : undefined,
    inputs: Object.fromEntries(inputs),
  }
}

/** The query of what is shown; `inputs` are pairs of names and values. */
export function writeAddress({ model, point, inputs }) {
  const query = new URLSearchParams({ model })
  const [first, ...rest] = point
  if (rest.length === 0) query.set('seed', first.seed)
  else query.set('mix', point.map(({ seed, weight }) => `${seed}:${Math.round(weight * 1e4) / 1e4}`).join(' '))
  for (const [name, value] of inputs) query.set(`in.${name}`, value)
  return `?${query}`
}
