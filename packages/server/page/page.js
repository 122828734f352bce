import { readAddress } from './address.js'
import { element, fillControls } from './controls.js'
import { drop, keep, readKept } from './favourites.js'
import { makePlane } from './plane.js'
import { film, listModels, make } from './server.js'

const $ = (id) => document.getElementById(id)
const MORE = 12
const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0]

/** What is shown: a model, a point among what it draws, and what people ask for. */
const state = { model: undefined, point: [{ seed: anySeed(), weight: 1 }], inputs: {} }
/** The seeds whose directions span the plane, and the point in its middle. */
let plane = { middle: state.point, across: anySeed(), down: anySeed() }

const missing = () => state.model.controls.find(({ name, required }) => required && state.inputs[name] === undefined)

// --- The picture: always the newest that is wanted, one on its way at a time, so that it follows a drag.

let isWanted = false
let isMaking = false

async function show() {
  isWanted = true
  if (isMaking) return
  isMaking = true
  while (isWanted) {
    isWanted = false
    try {
      if (missing() === undefined) await display(await make(state.model, state))
      say()
    } catch (error) {
      say(error.message)
    }
  }
  isMaking = false
}

/** What can be downloaded. */
let shown

async function display(blob) {
  const isPicture = blob.type.startsWith('image/')
  $('picture').hidden = !isPicture
  $('text').hidden = isPicture
  shown = blob
  if (isPicture) for (const id of ['picture', 'pad-picture']) put($(id), blob)
  else $('text').textContent = await blob.text()
}

function put(image, blob) {
  const before = image.src
  image.src = URL.createObjectURL(blob)
  image.onload = () => {
    if (before.startsWith('blob:')) URL.revokeObjectURL(before)
    image.classList.toggle('crisp', image.naturalWidth < 128)
  }
}

function say(problem = '') {
  $('problem').hidden = problem === ''
  $('problem').textContent = problem
  const asked = missing()
  const words = Object.entries(state.inputs)
    .filter(([, value]) => String(value).length < 40)
    .map(([name, value]) => `${name} ${nameOf(name, value)}`)
  const seeds = state.model.drawn ? [seedsOf(state.point)] : []
  $('caption').textContent = asked ? `Choose a ${asked.control} for ${asked.name}.` : [...seeds, ...words].join(', ')
  $('picture').alt = asked ? '' : `What ${state.model.name} makes: ${$('caption').textContent}`
}

function seedsOf(point) {
  return point.length > 2 ? `a mixture of ${point.length} seeds` : `seed ${point.map(({ seed }) => seed).join(' + ')}`
}

function nameOf(input, value) {
  return state.model.controls.find(({ name }) => name === input)?.choices?.[value] ?? value
}

// --- The address: a link shows the same again.

let writing

/** A moment later: browsers let a page change its address only so often, and a drag goes on. */
function writeAddress() {
  clearTimeout(writing)
  writing = setTimeout(() => history.replaceState(null, '', addressOf()), 200)
}

function addressOf() {
  const query = new URLSearchParams({ model: state.model.name })
  const [first, ...rest] = state.point
  if (rest.length === 0) query.set('seed', first.seed)
  else query.set('mix', state.point.map(({ seed, weight }) => `${seed}:${Math.round(weight * 1e4) / 1e4}`).join(' '))
  for (const [name, value] of Object.entries(state.inputs)) {
    if (String(value).length < 200) query.set(`in.${name}`, nameOf(name, value))
  }
  return `?${query}`
}

// --- Going somewhere.

/** @param isJump whether the plane and the way begin anew from there */
function goTo(point, isJump = true) {
  state.point = point
  if (isJump) {
    plane = { middle: point, across: anySeed(), down: anySeed() }
    pad.reset()
    $('from').value = point[0].seed
    $('to').value = anySeed()
    $('between').value = 0
  }
  writeAddress()
  show()
}

const pad = makePlane($('pad'), $('knob'), (x, y) => {
  // A quarter circle from the middle to each edge.
  const radius = Math.min(1, Math.hypot(x, y))
  const [stay, go] = [Math.cos((radius * Math.PI) / 2), Math.sin((radius * Math.PI) / 2) / (Math.hypot(x, y) || 1)]
  const middle = plane.middle.map(({ seed, weight }) => ({ seed, weight: (weight * stay) / lengthOf(plane.middle) }))
  const ways = [
    { seed: plane.across, weight: x * go },
    { seed: plane.down, weight: y * go },
  ]
  goTo(
    [...middle, ...ways].filter(({ weight }) => Math.abs(weight) > 1e-6),
    false,
  )
})

function lengthOf(point) {
  return Math.hypot(...point.map(({ weight }) => weight))
}

function goBetween() {
  const angle = ($('between').valueAsNumber * Math.PI) / 2
  const [from, to] = [$('from').valueAsNumber, $('to').valueAsNumber]
  if (![from, to].every(Number.isSafeInteger)) return
  const ends = [
    { seed: from, weight: Math.cos(angle) },
    { seed: to, weight: Math.sin(angle) },
  ]
  goTo(
    ends.filter(({ weight }) => weight > 1e-6),
    false,
  )
}

// --- Pictures beside it.

async function tile(point, inputs, onChoose) {
  const image = element('img', { alt: '' })
  const button = element('button', { type: 'button' })
  button.setAttribute('aria-label', `Show ${seedsOf(point)}`)
  button.append(image)
  button.addEventListener('click', onChoose)
  const box = element('div', { className: 'tile' })
  box.append(button)
  make(state.model, { point, inputs }).then(
    (blob) => put(image, blob),
    () => box.remove(),
  )
  return box
}

async function showMore() {
  const isOpen = state.model.drawn && missing() === undefined
  $('more').hidden = !isOpen
  if (!isOpen) return
  const points = Array.from({ length: MORE }, () => [{ seed: anySeed(), weight: 1 }])
  $('grid').replaceChildren(...(await Promise.all(points.map((point) => tile(point, state.inputs, () => goTo(point))))))
}

async function showKept() {
  const kept = readKept(state.model)
  $('kept').hidden = kept.length === 0
  const tiles = kept.map(async (each) => {
    const box = await tile(each.point, each.inputs, () => {
      askFor(each.inputs)
      goTo(each.point)
    })
    const chosen = element('input', { type: 'checkbox', value: JSON.stringify(each) })
    chosen.setAttribute('aria-label', 'Choose it for a mixture')
    box.append(chosen)
    box.addEventListener('keydown', ({ key }) => {
      if (key !== 'Delete') return
      drop(each)
      showKept()
    })
    return box
  })
  $('favourites').replaceChildren(...(await Promise.all(tiles)))
  $('mix').hidden = !state.model.latent
}

function mixChosen() {
  const chosen = [...$('favourites').querySelectorAll('input:checked')].map(({ value }) => JSON.parse(value))
  const parts = chosen.flatMap(({ point }) =>
    point.map(({ seed, weight }) => ({ seed, weight: weight / lengthOf(point) })),
  )
  if (parts.length < 2) say('Choose two or more.')
  else if (parts.length > 16) say('These are too many to mix.')
  else goTo(parts)
}

// --- The model, and what it is asked.

/** @param inputs names, where there are choices */
function askFor(inputs) {
  const { controls } = state.model
  $('asking').hidden = controls.length === 0
  const named = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, nameOf(name, value)]))
  state.inputs = fillControls($('controls'), controls, named, (given) => {
    const wasMissing = missing() !== undefined
    state.inputs = given
    writeAddress()
    show()
    if (wasMissing || Object.keys(given).some((name) => isChoice(name))) showMore()
  })
}

const isChoice = (input) => state.model.controls.find(({ name }) => name === input)?.control !== 'number'

function useModel(model, { point, inputs = {} } = {}) {
  state.model = model
  document.title = `${model.name} · Gantry`
  askFor(inputs)
  for (const id of ['way', 'plane']) $(id).hidden = !model.latent
  $('new').hidden = !model.drawn
  goTo(point ?? [{ seed: anySeed(), weight: 1 }])
  showMore()
  showKept()
}

const actions = {
  new: () => goTo([{ seed: anySeed(), weight: 1 }]),
  others: showMore,
  mix: mixChosen,
  keep() {
    const short = Object.entries(state.inputs).filter(([, value]) => String(value).length < 200)
    keep({ model: state.model.name, point: state.point, inputs: Object.fromEntries(short) })
    showKept()
  },
  async share() {
    await navigator.clipboard?.writeText(new URL(addressOf(), location.href).href)
    $('share').textContent = 'Copied'
    setTimeout(() => {
      $('share').textContent = 'Copy link'
    }, 2000)
  },
  download() {
    if (shown === undefined) return
    const extension = shown.type.split('/')[1].split(/[;+]/)[0].replace('plain', 'txt')
    const name = `${state.model.name}-${state.point.map(({ seed }) => seed).join('-')}.${extension}`
    const href = URL.createObjectURL(shown)
    element('a', { href, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
  },
  async film() {
    const [from, to] = [$('from').valueAsNumber, $('to').valueAsNumber]
    try {
      await display(await film(state.model, [from, to], state.inputs))
    } catch (error) {
      say(error.message)
    }
  },
}

for (const [id, action] of Object.entries(actions)) $(id).addEventListener('click', action)
for (const id of ['from', 'to', 'between']) $(id).addEventListener('input', goBetween)
$('controls').addEventListener('submit', (event) => event.preventDefault())
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target.matches('input, select, textarea, dialog *')) return
  if (key === 'n') actions.new()
  if (key === 'f') actions.keep()
})

const asked = readAddress(location.search)
const models = await listModels()
$('model-choice').hidden = models.length < 2
$('model').append(...models.map(({ name }) => element('option', { value: name, textContent: name })))
$('model').addEventListener('change', () => useModel(models.find(({ name }) => name === $('model').value)))
const first = models.find(({ name }) => name === asked.model) ?? models[0]
$('model').value = first.name
useModel(first, asked)
