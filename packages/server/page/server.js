// What the page asks of the server. With a key pictures cannot be loaded by their address alone: so all are fetched.

const KEY = 'gantry-key'

/** How often it is asked again where too many ask. */
const PATIENCE = 3

async function ask(path, init = {}, times = 0) {
  const key = sessionStorage.getItem(KEY)
  const headers = { ...init.headers, ...(key && { authorization: `Bearer ${key}` }) }
  const answer = await fetch(path, { ...init, headers }).catch(() => {
    throw new Error('The server does not answer: it may have been stopped, or the network is gone.')
  })
  if (answer.status === 401) {
    await askForKey(key !== null)
    return ask(path, init, times)
  }
  if (answer.ok) return answer
  const seconds = Number(answer.headers.get('retry-after'))
  if (seconds > 0 && times < PATIENCE) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
    return ask(path, init, times + 1)
  }
  const { error } = await answer.json().catch(() => ({ error: { message: `The server answered ${answer.status}.` } }))
  throw new Error([error.message, error.fix].filter(Boolean).join(' '))
}

let asking

/** @param wasWrong whether one was sent */
function askForKey(wasWrong) {
  asking ??= new Promise((resolve) => {
    document.querySelector('#key-wrong').hidden = !wasWrong
    const dialog = document.querySelector('#key-dialog')
    const field = document.querySelector('#key')
    dialog.addEventListener(
      'close',
      () => {
        sessionStorage.setItem(KEY, field.value)
        asking = undefined
        resolve()
      },
      { once: true },
    )
    dialog.showModal()
  })
  return asking
}

export async function listModels() {
  return (await (await ask('/v1/models')).json()).models
}

const post = (path, body, signal) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, signal })

/** What a model makes at a point: of one seed, or of a mixture of several. */
export async function make(model, { point, inputs }, signal) {
  const [first, ...rest] = point
  const where = rest.length === 0 ? { seed: first.seed } : { mix: point }
  const answer = await post(`/v1/models/${model.name}/generate`, { ...where, inputs }, signal)
  return answer.blob()
}

export async function film(model, seeds, inputs) {
  return (await post(`/v1/models/${model.name}/interpolate`, { seeds, inputs, frames: 36 })).blob()
}
