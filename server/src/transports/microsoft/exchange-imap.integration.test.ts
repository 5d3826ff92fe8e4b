/** IMAP replies of Exchange Online, as the sandbox sends them, and their translation by Postkey. */
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { emailAccountsForTest } from '../../../test/kit/index.ts'
import type { ReadingTransport } from '../index.ts'

const ANNA = 'anna@contoso.example'
const BEN = 'ben@contoso.example'
const SUPPORT = 'support@contoso.example'
const microsoft = await emailAccountsForTest()
const { controlPanel } = microsoft.sandbox

async function withFault(name: string, address: string, options: object = {}): Promise<void> {
  const answer = await fetch(`${controlPanel}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, on: { mailbox: address }, options }),
  })
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`)
}
afterEach(async () => {
  await fetch(`${controlPanel}/api/faults`, { method: 'DELETE' })
})

async function read(reading: ReadingTransport): Promise<string> {
  try {
    let isDone = false
    for await (const { done } of reading.changes('INBOX', undefined, { since: new Date('2020-01-01') })) isDone = done
    return isDone ? 'ok' : 'unfinished'
  } catch (error) {
    return AppError.from(error).code
  }
}

describe('a mailbox at Exchange by IMAP', () => {
  it('is opened by its owner, and a shared one with the token of a delegate', async () => {
    expect(await read((await microsoft.openByImap(ANNA, ANNA)).reading)).toBe('ok')
    expect(await read((await microsoft.openByImap(ANNA, SUPPORT)).reading)).toBe('ok')
  })

  it('has the folders of its language with what they are for, though Exchange marks none', async () => {
    const folders = await (await microsoft.openByImap(BEN, BEN)).reading.listFolders()
    const roles = Object.fromEntries(folders.flatMap(({ role, name }) => (role ? [[role, name]] : [])))
    expect(roles).toMatchObject({ inbox: 'INBOX', sent: 'Gesendete Elemente', trash: 'Gelöschte Elemente' })
  })

  it('refuses a user without a right on the mailbox', async () => {
    const { reading } = await microsoft.openByImap(BEN, 'billing@contoso.example')
    expect(await read(reading)).toMatch(/^transports\.imap_(?:no_access|token_refused)$/)
  })

  it.each([
    ['imap-mailbox-off', {}, 'transports.imap_off'],
    ['imap-throttled', {}, 'transports.throttled'],
    ['imap-unavailable', {}, 'transports.imap_unavailable'],
    ['imap-authenticate-failed', {}, 'transports.imap_token_refused'],
    ['imap-uid-validity-zero', {}, 'ok'],
    ['imap-uid-next-missing', {}, 'ok'],
    ['imap-sizes-wrong', { size: 'gigabytes' }, 'ok'],
    ['imap-message-damaged', {}, 'ok'],
    ['imap-message-damaged', { content: 'nothing' }, 'ok'],
    ['imap-special-use', {}, 'ok'],
  ])('%s %j is %s', async (fault, options, expected) => {
    await withFault(fault, ANNA, options)
    expect(await read((await microsoft.openByImap(ANNA, ANNA)).reading)).toBe(expected)
  })
})
