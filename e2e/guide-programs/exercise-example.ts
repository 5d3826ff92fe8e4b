import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { GuideStage, LanguageStage } from './guide-stage.ts'

const FOLDER = join(import.meta.dirname, '../../docs/api/examples')
const MOST_LINES = 60

/**
 * Runs a program of docs/api/examples: it answers a message with an attachment once, in its conversation.
 *
 * @returns a line with its length, and the time from the creation of its key to the first message
 */
export async function answersOnce({ connected }: GuideStage, of: LanguageStage, file: string): Promise<string> {
  const source = readFileSync(join(FOLDER, file), 'utf8')
  const lines = source.trimEnd().split('\n').length
  expect(lines).toBeLessThanOrEqual(MOST_LINES)
  const began = performance.now()
  const wanted = { name: file, scopes: ['mail:read', 'mail:send', 'admin:write'], emailAccountIds: 'all' }
  const { id, key } = await connected.client.call<{ id: string; key: string }>('POST', '/v1/api-keys', wanted)
  const hook = `http://127.0.0.1:${of.port}/hook`
  const started = of.start({ source, answer: '' }, { KEY: key, HOOK: hook })
  await started.printed('ready\n')

  const customer = of.customer('example')
  const asked = await customer.write({
    ...{ subject: 'A kettle', text: 'It leaks. Can you help?' },
    attachments: [{ name: 'kettle.txt', contentType: 'text/plain', contentBytes: btoa('kettle') }],
  })
  await started.printed(`${customer.address} wrote: It leaks. Can you help?\n`)
  const ms = Math.round(performance.now() - began)
  await started.printed('kettle.txt: 6 bytes\n')
  const letter = await customer.read()
  expect(letter).toMatchObject({ subject: 'Re: A kettle', inReplyTo: [asked] })
  expect(letter.text).toContain('Dear Grace,')

  const headers = { 'webhook-id': '1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) }
  const forged = { method: 'POST', headers: { ...headers, 'webhook-signature': 'v1,x' }, body: '{}' }
  expect((await fetch(hook, forged)).status).toBe(401)
  await connected.client.call('DELETE', `/v1/api-keys/${id}`)
  expect(await customer.unread()).toBe(0)
  await started.stop()
  return `${file}: ${lines} lines, ${ms} ms from the key to the first message`
}
