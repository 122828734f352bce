import { readAddress, writeAddress } from './address.js'
import { fillControls } from './controls.js'
import { $, element, put } from './dom.js'
import { drop, keep, readKept } from './favourites.js'
import { makePlane } from './plane.js'
import { film, listModels, make } from './server.js'
import { makeStage } from './stage.js'
import { seedsOf, tile } from './tiles.js'

const MORE = 12
const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0]

/** What is shown: a model, a point among what it draws, and what people ask for. */
const state = { model: undefined, point: [{ seed: anySeed(), weight: 1 }], inputs: {} }
/** The seeds whose directions span the plane, and the point in its middle. */
let plane = { middle: state.point, across: anySeed(), down: anySeed() }

const needs = ({ controls }, inputs) => controls.find(({ name, required }) => required && inputs[name] === undefined)
const missing = () => needs(state.model, state.inputs)
const controlOf = (input) => state.model.controls.find(({ name }) => name === input)
const nameOf = (input, value) => controlOf(input)?.choices?.[value] ?? value
/** Inputs that fit into an address, or beside what is kept: no pictures. */
const shortInputs = () => Object.entries(state.inputs).filter(([, value]) => String(value).length < 200)

// --- What is seen, and said of it.

const stage = makeStage(() => (state.model && !missing() ? [state.model, state] : undefined), describe)

function describe() {
  if (state.model === undefined) return
  const asked = missing()
  const words = shortInputs().map(([name, value]) => `${name} ${nameOf(name, value)}`)
  const seeds = state.model.drawn ? [seedsOf(state.point)] : []
  const caption = [...seeds, ...words].join(', ')
  $('caption').textContent = asked ? `Choose a ${asked.control} for ${asked.name}.` : caption
  $('picture').alt = asked ? '' : `What ${state.model.name} makes${caption && `: ${caption}`}`
  $('new').disabled = asked !== undefined
}

function addressOf() {
  const named = shortInputs().map(([name, value]) => [name, nameOf(name, value)])
  return writeAddress({ model: state.model.name, point: state.point, inputs: named })
}

let writing

/** A moment later: browsers let a page change its address only so often, and a drag goes on. */
function keepAddress() {
  clearTimeout(writing)
  writing = setTimeout(() => history.replaceState(null, '', addressOf()), 200)
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
    showEnds()
  }
  keepAddress()
  stage.show()
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
  const point = [...middle, ...ways].filter(({ weight }) => Math.abs(weight) > 1e-6)
  goTo(point, false)
})

function lengthOf(point) {
  return Math.hypot(...point.map(({ weight }) => weight))
}

/** The two seeds that the way leads between; nothing while one is being typed. */
function ends() {
  const seeds = [$('from').valueAsNumber, $('to').valueAsNumber]
  return seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0) ? seeds : undefined
}

function goBetween() {
  const seeds = ends()
  if (seeds === undefined) return
  const angle = ($('between').valueAsNumber * Math.PI) / 2
  const weights = [Math.cos(angle), Math.sin(angle)]
  const point = seeds.map((seed, index) => ({ seed, weight: weights[index] })).filter(({ weight }) => weight > 1e-6)
  goTo(point, false)
}

let showingEnds

/** Pictures of both ends of the way; a moment later, since seeds are typed digit by digit. */
function showEnds() {
  clearTimeout(showingEnds)
  showingEnds = setTimeout(() => {
    const seeds = ends()
    if (!state.model.latent || missing() || seeds === undefined) return
    for (const [index, id] of ['from-picture', 'to-picture'].entries()) {
      const point = [{ seed: seeds[index], weight: 1 }]
      make(state.model, { point, inputs: state.inputs }).then(
        (blob) => put($(id), blob),
        () => {},
      )
    }
  }, 150)
}

// --- Pictures beside it.

function showMore() {
  const isOpen = state.model.drawn && missing() === undefined
  $('more').hidden = !isOpen
  if (!isOpen) return
  const points = Array.from({ length: MORE }, () => [{ seed: anySeed(), weight: 1 }])
  $('grid').replaceChildren(
    ...points.map((point) => tile(state.model, { point, inputs: state.inputs }, () => goTo(point))),
  )
}

function showKept() {
  const kept = readKept(state.model)
  $('kept').hidden = kept.length === 0
  const tiles = kept.map((each) => {
    const box = tile(state.model, each, () => {
      askFor(each.inputs)
      goTo(each.point)
    })
    const chosen = element('input', { type: 'checkbox', value: JSON.stringify(each) })
    chosen.setAttribute('aria-label', `Choose ${seedsOf(each.point)}`)
    box.append(chosen)
    return box
  })
  $('favourites').replaceChildren(...tiles)
  $('mix').hidden = !state.model.latent
  countChosen()
}

function chosen() {
  return [...$('favourites').querySelectorAll('input:checked')].map(({ value }) => JSON.parse(value))
}

function countChosen() {
  $('drop').disabled = chosen().length === 0
  $('mix').disabled = chosen().length < 2
}

function mixChosen() {
  const parts = chosen().flatMap(({ point }) =>
    point.map(({ seed, weight }) => ({ seed, weight: weight / lengthOf(point) })),
  )
  if (parts.length > 16) stage.say('These are too many to mix.')
  else goTo(parts)
}

// --- The model, and what it is asked.

/** @param inputs names, where there are choices */
function askFor(inputs) {
  const named = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, nameOf(name, value)]))
  const forms = { pictures: $('sources'), others: $('controls') }
  state.inputs = fillControls(forms, state.model.controls, named, (given) => {
    state.inputs = given
    keepAddress()
    stage.show()
    later()
  })
  $('asking').hidden = $('controls').childElementCount === 0
}

let beside

/** What stands beside the picture follows a moment later: a slider moves on. */
function later() {
  clearTimeout(beside)
  beside = setTimeout(() => {
    showMore()
    showEnds()
  }, 200)
}

function useModel(model, { point, inputs = {} } = {}) {
  state.model = model
  document.title = `${model.name} · Gantry`
  const { variant, dataset, origin } = model.manifest
  // Of several data sets, and of parts of them, the name is a sentence for machines.
  const learnt = origin ?? (/^[\w-]+$/.test(dataset) && dataset)
  $('about').textContent = [...new Set([`Made by ${model.name}`, variant, learnt])].filter(Boolean).join(' · ')
  askFor(inputs)
  // What is made of a picture of one's own is in no address.
  const isOwn = needs(model, {}) !== undefined
  for (const id of ['keep', 'share']) $(id).hidden = isOwn
  for (const id of ['way', 'plane']) $(id).hidden = !model.latent
  $('new').hidden = !model.drawn
  goTo(point ?? [{ seed: anySeed(), weight: 1 }])
  showMore()
  showKept()
}

const actions = {
  new: () => goTo([{ seed: anySeed(), weight: 1 }]),
  again: () => (state.model ? stage.show() : start()),
  others: showMore,
  mix: mixChosen,
  keep() {
    keep({ model: state.model.name, point: state.point, inputs: Object.fromEntries(shortInputs()) })
    showKept()
  },
  drop() {
    for (const each of chosen()) drop(each)
    showKept()
  },
  async share() {
    const { href } = new URL(addressOf(), location.href)
    const done = await navigator.clipboard?.writeText(href).then(
      () => true,
      () => false,
    )
    // Where a page may not write to the clipboard, the address of the page is the link.
    history.replaceState(null, '', addressOf())
    $('share').textContent = done ? 'Copied' : 'It is in the address bar'
    setTimeout(() => {
      $('share').textContent = 'Copy link'
    }, 2000)
  },
  download() {
    const blob = stage.shown()
    const extension = blob.type.split('/')[1].split(/[;+]/)[0].replace('plain', 'txt')
    const name = `${state.model.name}-${state.point.map(({ seed }) => seed).join('-')}.${extension}`
    const href = URL.createObjectURL(blob)
    element('a', { href, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
  },
  film() {
    const seeds = ends()
    if (seeds) stage.work(async () => stage.display(await film(state.model, seeds, state.inputs)))
  },
  'from-show': () => leadTo(0),
  'to-show': () => leadTo(1),
}

function leadTo(end) {
  $('between').value = end
  goBetween()
}

for (const [id, action] of Object.entries(actions)) $(id).addEventListener('click', action)
for (const id of ['from', 'to', 'between']) $(id).addEventListener('input', goBetween)
for (const id of ['from', 'to']) $(id).addEventListener('input', showEnds)
for (const id of ['controls', 'sources']) $(id).addEventListener('submit', (event) => event.preventDefault())
$('favourites').addEventListener('change', countChosen)
document.addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || target.matches('input, select, textarea, dialog *')) return
  const pressed = { n: 'new', f: 'keep' }[key]
  if (pressed && !$(pressed).hidden && !$(pressed).disabled) actions[pressed]()
})

async function start() {
  await stage.work(async () => {
    const models = await listModels()
    $('model-choice').hidden = models.length < 2
    $('model').replaceChildren(...models.map(({ name }) => element('option', { value: name, textContent: name })))
    $('model').onchange = () => useModel(models.find(({ name }) => name === $('model').value))
    const asked = readAddress(location.search)
    const first = models.find(({ name }) => name === asked.model) ?? models[0]
    $('model').value = first.name
    useModel(first, asked)
  })
}

start()
