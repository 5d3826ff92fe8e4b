import { describe, expect, it } from 'vitest'
import { leftAfterSave, onTopOf } from './written-note.ts'

const SENT = { body: 'Prefers calls', version: 3 }
const SAVED = { body: 'Prefers calls', version: 4 }

describe('a note about a customer', () => {
  it('keeps the input during a save, which replaces the saved version', () => {
    const written = { body: 'Prefers calls in the morning', version: 3 }
    expect(leftAfterSave(written, SENT, SAVED)).toEqual({ ...written, version: 4 })
  })

  it('has nothing left to save once its whole text is saved', () => {
    expect(leftAfterSave({ body: 'Prefers calls \n', version: 3 }, SENT, SAVED)).toBeUndefined()
    expect(leftAfterSave(undefined, SENT, SAVED)).toBeUndefined()
  })

  it('replaces the note of a colleague only after a conflict has shown it', () => {
    expect(onTopOf({ body: 'Do not call', version: 5 }, SENT)).toEqual({ body: 'Prefers calls', version: 5 })
    expect(onTopOf(undefined, SENT)).toEqual(SENT)
    expect(onTopOf(SAVED, undefined)).toBeUndefined()
  })
})
