// The stage: the newest picture that is wanted, one on its way at a time, so that it follows a drag.

import { $, put } from './dom.js'
import { make } from './server.js'

/** Milliseconds after which people are told that something goes on. */
const PATIENCE = 400

/**
 * @param wanted tells what to make: [model, { point, inputs }], or nothing where an input is missing
 * @param describe called when it may have changed what is shown, or why nothing is
 */
export function makeStage(wanted, describe) {
  let isWanted = false
  let isMaking = false
  let shown

  async function display(blob) {
    const isPicture = blob.type.startsWith('image/')
    $('picture').hidden = !isPicture
    $('text').hidden = isPicture
    shown = blob
    if (isPicture) for (const id of ['picture', 'pad-picture']) put($(id), blob)
    else $('text').textContent = await blob.text()
  }

  function clear() {
    shown = undefined
    for (const id of ['picture', 'pad-picture', 'text']) $(id).hidden = true
  }

  function say(problem = '') {
    $('problem').hidden = problem === ''
    $('problem-text').textContent = problem
    $('empty').hidden = wanted() !== undefined
    $('download').disabled = shown === undefined
    describe()
  }

  /** While it goes on people see that it does; what goes wrong is said. */
  async function work(job) {
    const late = setTimeout(() => isBusy(true), PATIENCE)
    try {
      await job()
      say()
    } catch (error) {
      say(error.message)
    } finally {
      clearTimeout(late)
      isBusy(false)
    }
  }

  function isBusy(is) {
    $('busy').hidden = !is
    $('stage').setAttribute('aria-busy', is)
  }

  async function show() {
    isWanted = true
    if (isMaking) return
    isMaking = true
    while (isWanted) {
      isWanted = false
      await work(async () => {
        const what = wanted()
        if (what === undefined) clear()
        else await display(await make(...what))
      })
    }
    isMaking = false
  }

  return { show, say, work, display, shown: () => shown }
}
