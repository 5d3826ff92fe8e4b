import { describe, expect, it } from 'vitest'
import { ANNA, BEN, openEmptyStore, someContent } from './empty-store.ts'
import { type MailStoreRefusal, WELL_KNOWN_FOLDERS } from './index.ts'

describe('IMAP folders', () => {
  it('exist on first access to a mailbox, with names in its language', () => {
    const { store } = openEmptyStore()

    expect(store.listFolders(BEN).map(({ displayName }) => displayName)).toEqual([
      'Archiv',
      'Aufgezeichnete Unterhaltungen',
      'Entwürfe',
      'Gelöschte Elemente',
      'Gesendete Elemente',
      'Junk-E-Mail',
      'Postausgang',
      'Posteingang',
    ])
    expect(store.wellKnownFolder(ANNA, 'inbox').displayName).toBe('Inbox')
  })

  it('keep their names when the owner changes the language', () => {
    const { store, directory } = openEmptyStore()
    store.listFolders(BEN)

    directory.people.updateUser(BEN, { preferredLanguage: 'fr-FR' })

    expect(store.wellKnownFolder(BEN, 'inbox').displayName).toBe('Posteingang')
  })

  it('do not exist for users without a mailbox', () => {
    const { store } = openEmptyStore()

    expect(store.folder('nobody', 'inbox')).toBeUndefined()
    expect(store.listFolders('nobody')).toEqual([])
    expect(() => store.wellKnownFolder('nobody', 'inbox')).toThrow(refusal('not-found'))
  })

  it('are found by case-sensitive id and by case-insensitive well-known name', () => {
    const { store } = openEmptyStore()
    const { id } = store.wellKnownFolder(ANNA, 'inbox')

    expect(store.folder(ANNA, id)?.wellKnownName).toBe('inbox')
    expect(store.folder(ANNA, id.toLowerCase())).toBeUndefined()
    expect(store.folder(ANNA, 'InBox')?.id).toBe(id)
    expect(store.folder(BEN, id)).toBeUndefined()
  })

  it("have unique ids in Exchange's format", () => {
    const { store } = openEmptyStore()
    const ids = [ANNA, BEN].flatMap((mailbox) =>
      WELL_KNOWN_FOLDERS.map((name) => store.wellKnownFolder(mailbox, name).id),
    )

    expect(new Set(ids).size).toBe(2 * WELL_KNOWN_FOLDERS.length)
    for (const id of ids) expect(id).toMatch(/^AQMkA[A-Za-z0-9_-]{80,}=*$/)
  })

  it('outside of the visible mail are hidden', () => {
    const { store } = openEmptyStore()

    expect(store.wellKnownFolder(ANNA, 'recoverableitemsdeletions').parentFolderId).toBeUndefined()
    expect(store.listFolders(ANNA).map(({ wellKnownName }) => wellKnownName)).not.toContain('recoverableitemsdeletions')
  })

  it("refuse a sibling's name, regardless of case and accent encoding", () => {
    const { store } = openEmptyStore()
    store.addFolder(ANNA, 'inbox', 'Café')

    const exists = refusal('folder-exists')
    expect(() => store.addFolder(ANNA, 'inbox', 'CAFE\u0301')).toThrow(exists)
    expect(() => store.addFolder(ANNA, 'msgfolderroot', 'inbox')).toThrow(exists)
    expect(store.addFolder(ANNA, 'drafts', 'Café').displayName).toBe('Café')
  })

  it('can be renamed to their own name in different case', () => {
    const { store } = openEmptyStore()
    const folder = store.addFolder(ANNA, 'inbox', 'orders')

    store.renameFolder(folder.id, 'Orders')

    expect(store.folder(ANNA, folder.id)?.displayName).toBe('Orders')
  })

  it.each(['', '   ', 'x'.repeat(256), 'a\nb'])('refuse the name %j', (name) => {
    const { store } = openEmptyStore()

    expect(() => store.addFolder(ANNA, 'inbox', name)).toThrow(refusal('folder-name-invalid'))
  })

  it('can be nested 300 deep and no deeper, including by moving', () => {
    const { store } = openEmptyStore()
    const tooDeep = refusal('folder-too-deep')
    let parent = store.wellKnownFolder(ANNA, 'inbox').id
    for (let level = 2; level <= 300; level++) parent = store.addFolder(ANNA, parent, 'deeper').id
    const branch = store.addFolder(ANNA, 'archive', 'branch')

    expect(() => store.addFolder(ANNA, parent, 'too deep')).toThrow(tooDeep)
    expect(() => store.moveFolder(branch.id, parent)).toThrow(tooDeep)
  })

  it('cannot be moved into themselves or into another mailbox', () => {
    const { store } = openEmptyStore()
    const outer = store.addFolder(ANNA, 'inbox', 'outer')
    const inner = store.addFolder(ANNA, outer.id, 'inner')

    expect(() => store.moveFolder(outer.id, inner.id)).toThrow(refusal('folder-inside-itself'))
    expect(() => store.moveFolder(outer.id, store.wellKnownFolder(BEN, 'inbox').id)).toThrow(refusal('not-found'))
  })

  it("can't be changed when they are well-known", () => {
    const { store } = openEmptyStore()
    const { id } = store.wellKnownFolder(ANNA, 'inbox')
    const wellKnown = refusal('folder-well-known')

    expect(() => store.removeFolder(id)).toThrow(wellKnown)
    expect(() => store.removeFolder(store.wellKnownFolder(ANNA, 'msgfolderroot').id)).toThrow(wellKnown)
    expect(() => store.renameFolder(id, 'Mine')).toThrow(wellKnown)
    expect(() => store.moveFolder(id, store.wellKnownFolder(ANNA, 'archive').id)).toThrow(wellKnown)
  })

  it('are removed with their content, with a log entry for each message', async () => {
    const { store, heard } = openEmptyStore()
    const outer = store.addFolder(ANNA, 'inbox', 'outer')
    const inner = store.addFolder(ANNA, outer.id, 'inner')
    const messages = [outer, inner].map(({ id }) => store.append(ANNA, id, someContent(), []))

    store.removeFolder(outer.id)
    await Promise.resolve()

    expect(messages.map(({ key }) => store.messageByKey(key))).toEqual([undefined, undefined])
    expect(store.folder(ANNA, inner.id)).toBeUndefined()
    expect(
      heard
        .filter(({ kind }) => kind === 'removed')
        .map(({ messageKey }) => messageKey)
        .sort(),
    ).toEqual(messages.map(({ key }) => key))
    expect(store.changesSince(inner.id, 0)?.map(({ kind }) => kind)).toEqual(['created', 'removed'])
  })

  it('count their messages', () => {
    const { store } = openEmptyStore()
    const { id } = store.wellKnownFolder(ANNA, 'inbox')
    store.append(ANNA, id, someContent(), [])
    store.append(ANNA, id, someContent(), [], { flags: { isRead: true } })
    store.addFolder(ANNA, id, 'below')
    store.addFolder(ANNA, id, 'hidden', { isHidden: true })

    expect(store.countsOf(id)).toEqual({ totalItemCount: 2, unreadItemCount: 1, childFolderCount: 1 })
  })
})

function refusal(reason: MailStoreRefusal): Error {
  return expect.objectContaining({ refusal: reason }) as Error
}
