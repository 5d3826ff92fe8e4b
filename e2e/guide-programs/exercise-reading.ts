import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Guide } from './guide-pages.ts'
import type { GuideStage, LanguageStage } from './guide-stage.ts'

/** A reply in HTML with an emoji before the quotation, and a priority. */
export async function readMessage(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const { id } = await of.receive(of.customer('reader').address, {
    subject: 'Re: The kettle leaks',
    html: '<p>It still leaks 🫖</p><div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 2, 2026 at 9:00 AM Support &lt;support@contoso.example&gt; wrote:</div><blockquote class="gmail_quote">Does it leak?</blockquote></div>',
    headers: { 'X-Priority': '1' },
  })
  return of.start(guide[of.language], { MESSAGE: id }).ended()
}

/** All files arrive, and a partial one is completed by a range. */
export async function downloadAttachments(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const { id } = await of.receive(of.customer('files').address, {
    subject: 'Two files',
    text: 'Attached.',
    attachments: [
      { name: 'invoice.pdf', contentType: 'application/pdf', contentBytes: btoa('%PDF-1.7 kettle') },
      { name: 'note ✓.txt', contentType: 'text/plain', contentBytes: btoa('kettle') },
    ],
  })
  const list = () => of.call<{ attachments: { id: string }[] }>('GET', `/v1/messages/${id}/attachments`)
  const { attachments } = await list()
  const first = of.start(guide[of.language], { MESSAGE: id })
  const output = await first.ended()
  const files = readdirSync(first.folder).filter((name) => !name.startsWith('guide.'))
  const contents = () => files.map((name) => readFileSync(join(first.folder, name), 'utf8')).sort()
  expect(files.map((name) => name.slice(0, 36)).sort()).toEqual(attachments.map((each) => each.id).sort())
  expect(contents()).toEqual(['%PDF-1.7 kettle', 'kettle'])

  // As after an interruption.
  const invoice = files.find((name) => name.endsWith('invoice.pdf'))!
  writeFileSync(join(first.folder, `${invoice}.part`), '%PDF')
  await first.again().ended()
  expect(contents()).toEqual(['%PDF-1.7 kettle', 'kettle'])
  return output
}

/** Pages of two messages, and a refusal with `Retry-After` on the way. */
export async function exportAccount({ postkey }: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  for (const subject of ['Export 1', 'Export 2', 'Export 3']) {
    await of.receive(of.customer('export').address, { subject, text: '❤ "quotes" and \\ in JSON' })
  }
  const proxy = await startProxy(postkey.address)
  const period = { AFTER: '2026-01-01T00:00:00Z', BEFORE: '2030-01-01T00:00:00Z' }
  const started = of.start(guide[of.language], { ...period, POSTKEY: proxy.address })
  const output = await started.ended()
  proxy.close()

  const query = `emailAccountId=${of.accountKey}&include=text,html,attachments&limit=100`
  const { messages } = await of.call<{ messages: object[] }>('GET', `/v1/messages?${query}`)
  const lines = readFileSync(join(started.folder, 'messages.jsonl'), 'utf8').trim().split('\n')
  expect(messages.length).toBeGreaterThan(4)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(messages)
  expect(output).toBe(`Exported: ${messages.length}\n`)
  expect(proxy.refused()).toBe(1)
  return output
}

/** Makes pages small, and refuses the second request once. */
async function startProxy(target: string) {
  let requests = 0
  let refused = 0
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++
    if (requests === 2) {
      refused++
      response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/problem+json' })
      response.end('{"status":429,"code":"http.rate_limited"}')
      return
    }
    const headers = { authorization: request.headers.authorization ?? '' }
    const answered = await fetch(target + request.url!.replace('limit=100', 'limit=2'), { headers })
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' })
    response.end(await answered.text())
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
