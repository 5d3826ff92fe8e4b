/** The plainest program that reads a mailbox by Graph: a loop over the pages of a delta query. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Assignment, Ready } from './measured-process.ts'

const PAGE = 100

/** Messages per second that a delta loop reads and parses out of a mailbox of the sandbox. */
export async function plainDeltaRate(messages: number, sizeBytes: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-bench-'))
  const assignment: Assignment = { databasePath: join(folder, 'sandbox.sqlite'), messages, sizeBytes }
  const measured = fork(join(import.meta.dirname, 'measured-process.ts'), [JSON.stringify(assignment)])
  try {
    const [ready] = (await once(measured, 'message')) as [Ready]
    const headers = { authorization: `Bearer ${await takeToken(ready)}`, prefer: `odata.maxpagesize=${PAGE}` }
    const inbox = `${ready.graph}/v1.0/users/${ready.userId}/mailFolders/inbox/messages`
    const beganAt = performance.now()
    let items = 0
    for (let next: string | undefined = `${inbox}/delta`; next;) {
      const { text } = await timed(next, headers)
      items += itemsOf(text)
      next = linkOf(text)
    }
    if (items !== messages) throw new Error(`delta brought ${items} of ${messages} messages`)
    return (items * 1000) / (performance.now() - beganAt)
  } finally {
    const ended = once(measured, 'exit')
    if (measured.connected) measured.disconnect()
    if (measured.exitCode === null && measured.signalCode === null) await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Access token of the application that reads the mailbox. */
export async function takeToken({ tokenEndpoint, clientId, clientSecret }: Ready): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  })
  const response = await fetch(tokenEndpoint, { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string; error_description?: string }
  if (answer.access_token === undefined) throw new Error(answer.error_description ?? `HTTP ${response.status}`)
  return answer.access_token
}

/** Fetches a page. Anything but 200 is an error. */
export async function timed(url: string, headers: Record<string, string>): Promise<{ ms: number; text: string }> {
  const startedAt = performance.now()
  const response = await fetch(url, { headers })
  const text = await response.text()
  const ms = performance.now() - startedAt
  if (response.status !== 200) throw new Error(`${response.status} for ${url}: ${text.slice(0, 500)}`)
  return { ms, text }
}

export function itemsOf(page: string): number {
  return (JSON.parse(page) as { value: unknown[] }).value.length
}

export function linkOf(page: string): string | undefined {
  return (JSON.parse(page) as { '@odata.nextLink'?: string })['@odata.nextLink']
}
