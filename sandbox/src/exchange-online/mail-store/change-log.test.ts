import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNA, openEmptyStore, someContent, someFile } from './empty-store.ts'
import type { Change, MailStore } from './index.ts'

describe('the change log', () => {
  it('notifies listeners after the commit, in order and once', async () => {
    const { store, heard, database } = openEmptyStore()

    database.transaction(() => {
      const { key } = store.append(ANNA, 'inbox', someContent(), [])
      store.updateFlags(key, { isRead: true, flagStatus: 'flagged' })
      expect(heard).toEqual([])
    })
    store.append(ANNA, 'inbox', someContent(), [])
    await Promise.resolve()

    expect(heard.map(({ sequence, kind, properties }) => [sequence, kind, properties])).toEqual([
      [1, 'created', []],
      [2, 'updated', ['isRead', 'flag']],
      [3, 'created', []],
    ])
  })

  it('never reports a change that was rolled back', async () => {
    const { store, heard, database } = openEmptyStore()

    expect(() =>
      database.transaction(() => {
        store.append(ANNA, 'inbox', someContent(), [])
        throw new Error('no')
      }),
    ).toThrow('no')
    const { key } = store.append(ANNA, 'inbox', someContent(), [])
    await Promise.resolve()

    expect(heard.map(({ messageKey }) => messageKey)).toEqual([key])
  })

  it('reports a listener that throws, and notifies the other listeners of all changes', async () => {
    const { store, heard, faults } = openEmptyStore()
    store.onChange(() => {
      throw new Error('broken listener')
    })
    const later: number[] = []
    store.onChange(({ sequence }) => later.push(sequence))

    store.append(ANNA, 'inbox', someContent(), [])
    store.append(ANNA, 'inbox', someContent(), [])
    await Promise.resolve()

    expect(faults).toHaveLength(2)
    expect(heard).toHaveLength(2)
    expect(later).toEqual([1, 2])
  })

  it('notifies a listener of its own changes', async () => {
    const { store, heard } = openEmptyStore()
    store.onChange(({ kind, messageKey }) => {
      if (kind === 'created') store.updateFlags(messageKey, { isRead: true })
    })

    store.append(ANNA, 'inbox', someContent(), [])
    await Promise.resolve()
    await Promise.resolve()

    expect(heard.map(({ kind }) => kind)).toEqual(['created', 'updated'])
  })

  it('names changed properties as Graph does', () => {
    const { store } = openEmptyStore()
    const { key, folderId } = store.append(ANNA, 'drafts', someContent(), [])

    store.updateContent(key, { subject: 'Other', to: [], body: { contentType: 'text', content: 'x' } })
    store.addAttachment(key, someFile())
    store.updateFlags(key, { categories: ['Red'], inferenceClassification: 'other' })

    expect(store.changesSince(folderId, 1)?.map(({ properties }) => properties)).toEqual([
      ['subject', 'toRecipients', 'body', 'bodyPreview'],
      ['hasAttachments'],
      ['categories', 'inferenceClassification'],
    ])
  })

  it('returns nothing for positions that were purged, and all changes for later ones', () => {
    const { store } = openEmptyStore()
    const { folderId } = store.append(ANNA, 'inbox', someContent(), [])
    const forgotten = store.lastSequence()
    store.append(ANNA, 'inbox', someContent(), [])

    store.forgetChangesUpTo(forgotten)

    expect(store.changesSince(folderId, forgotten - 1)).toBeUndefined()
    expect(store.changesSince(folderId, forgotten)).toHaveLength(1)
    expect(store.lastSequence()).toBe(forgotten + 1)
  })

  it('continues its numbering after all entries are purged', () => {
    const { store } = openEmptyStore()
    store.append(ANNA, 'inbox', someContent(), [])
    store.forgetChangesUpTo(99)
    store.append(ANNA, 'inbox', someContent(), [])

    expect(store.lastSequence()).toBe(2)
  })

  it('notifies listeners of entries that were purged before they received them', async () => {
    const { store, heard } = openEmptyStore()
    store.append(ANNA, 'inbox', someContent(), [])

    store.forgetChangesUpTo(store.lastSequence())
    await Promise.resolve()

    expect(heard).toHaveLength(1)
  })

  // Guarantee behind Graph's delta: a client that was up to date at `sequence` and applies all later changes is up to
  // date.
  it('leads from any position to the current content of each folder', () =>
    fc.assert(
      fc.property(
        fc.array(step(), { maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        (steps, when, limit) => {
          const { store } = openEmptyStore()
          const folders = ['inbox', 'archive', 'drafts'].map((name) => store.folder(ANNA, name)!.id)
          const startAt = when % (steps.length + 1)
          let since = 0
          let mirrors = folders.map(() => new Map<string, string>())

          steps.forEach((each, i) => {
            if (i === startAt) {
              since = store.lastSequence()
              mirrors = folders.map((folderId) => stateOf(store, folderId))
            }
            take(store, folders, each)
          })

          if (startAt === steps.length) {
            since = store.lastSequence()
            mirrors = folders.map((folderId) => stateOf(store, folderId))
          }
          folders.forEach((folderId, i) => {
            replay(store, folderId, since, limit, mirrors[i]!)
            expect(mirrors[i]).toEqual(stateOf(store, folderId))
          })
        },
      ),
      { numRuns: 150 },
    ))
})

interface Step {
  action: 'append' | 'read' | 'move' | 'copy' | 'remove' | 'rewrite'
  which: number
  folder: number
}

function step(): fc.Arbitrary<Step> {
  return fc.record({
    action: fc.constantFrom('append', 'append', 'read', 'move', 'copy', 'remove', 'rewrite'),
    which: fc.nat(50),
    folder: fc.nat(2),
  })
}

function take(store: MailStore, folders: string[], { action, which, folder }: Step): void {
  const messages = store.listMessages({ mailboxId: ANNA, limit: 1000 })
  const message = messages[which % Math.max(messages.length, 1)]
  const folderId = folders[folder]!
  if (action === 'append' || !message) store.append(ANNA, folderId, someContent(), [])
  else if (action === 'read') store.updateFlags(message.key, { isRead: !message.isRead })
  else if (action === 'move') store.move(message.key, folderId)
  else if (action === 'copy') store.copy(message.key, folderId)
  else if (action === 'rewrite') store.updateContent(message.key, { subject: `${message.subject}!` })
  else store.remove(message.key)
}

/** REST id and change key by immutable id; every change modifies one of them. */
function stateOf(store: MailStore, folderId: string): Map<string, string> {
  const messages = store.listMessages({ mailboxId: ANNA, folderId, limit: 1000, withContent: false })
  return new Map(messages.map(({ immutableId, restId, changeKey }) => [immutableId, `${restId} ${changeKey}`]))
}

/**
 * Applies the log like a delta client, `limit` changes at a time: removed messages are deleted, all others are read
 * again, the last state wins.
 */
function replay(store: MailStore, folderId: string, since: number, limit: number, mirror: Map<string, string>): void {
  for (let from = since; ;) {
    const changes: Change[] = store.changesSince(folderId, from, limit)!
    for (const change of changes) {
      from = change.sequence
      const message = store.message(ANNA, change.immutableId)
      if (change.kind === 'removed') mirror.delete(change.immutableId)
      else if (message?.folderId === folderId) mirror.set(change.immutableId, `${message.restId} ${message.changeKey}`)
    }
    if (changes.length < limit) return
  }
}
