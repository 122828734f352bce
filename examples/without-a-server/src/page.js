import { countOf, findModality } from '@gantry/modalities'
import { openGenerator } from './open-generator.ts'

const form = document.querySelector('#controls')
const picture = document.querySelector('#picture')
const query = new URLSearchParams(location.search)
let generator

/** A field for every input that people are asked for. */
function addControls({ inputs }) {
  for (const field of form.querySelectorAll('.input')) field.remove()
  for (const [name, port] of Object.entries(inputs)) {
    if (findModality(port.modality).control === undefined || port.drawn) continue
    const field = Object.assign(document.createElement('input'), { name, id: name, className: 'input' })
    field.placeholder = port.names?.join(', ') ?? (countOf(port) ? `0 to ${countOf(port) - 1}` : (port.otherwise ?? ''))
    field.value = query.get(name) ?? ''
    form.append(
      Object.assign(document.createElement('label'), { htmlFor: name, className: 'input', textContent: name }),
    )
    form.append(field)
  }
}

let drawing = 0

async function draw() {
  const { seed, ...texts } = Object.fromEntries(
    [...new FormData(form)].filter(([, text]) => typeof text === 'string' && text),
  )
  const own = ++drawing
  await say(async () => {
    const { bytes, extension } = await generator.draw(Number(seed), texts)
    if (own !== drawing) return
    if (extension === 'txt') return new TextDecoder().decode(bytes)
    const type = extension === 'svg' ? 'image/svg+xml' : `image/${extension}`
    URL.revokeObjectURL(picture.src)
    picture.src = URL.createObjectURL(new Blob([bytes], { type }))
    picture.alt = `What the model makes of seed ${seed}`
    return `Seed ${seed}`
  })
}

async function open(model) {
  const opened = await say(async () => {
    const before = generator
    generator = await openGenerator(model)
    await before?.dispose()
    addControls(generator.manifest)
    return `${generator.manifest.variant} on ${generator.manifest.dataset}`
  })
  if (opened) await draw()
}

/** Shows what came of it, a text or the message of an error, and tells whether it went well. */
async function say(work) {
  const status = document.querySelector('#status')
  try {
    status.textContent = (await work()) ?? status.textContent
    return true
  } catch (error) {
    status.textContent = error.message
    return false
  }
}

document.querySelector('#seed').value = query.get('seed') ?? 0
form.addEventListener('submit', (event) => event.preventDefault())
form.addEventListener('change', async ({ target }) => {
  if (target.type === 'file') await open(new Uint8Array(await target.files[0].arrayBuffer()))
  else if (generator !== undefined) await draw()
})
await open(query.get('model') ?? 'generator.onnx')
