import { setTimeout as pause } from 'node:timers/promises'
import type { PostkeyClient } from '../walk/postkey-client.ts'

export interface Progress {
  imported: number
  done: boolean
}

export interface ImportWatch {
  /** Polls until it is so, or fails after ten minutes. */
  until(isSo: (progress: Progress) => boolean): Promise<number>
  /** Time at which the newest 50 conversations, as they are in the end, were first shown: milliseconds since 1970. */
  newest50ShownAt(): number
}

const LIMIT_MS = 10 * 60_000
/** Often enough for the figures, seldom enough not to be a load of its own. */
const LOOK_EVERY_MS = 100

/** Watches an import like a user with the list of conversations open. Survives a restart of the server. */
export function watchImport(client: PostkeyClient, emailAccountId: string): ImportWatch {
  const shown: { at: number; ids: string }[] = []
  let last = -1

  async function look(): Promise<Progress> {
    const progress = await client.call<Progress>('GET', `/v1/email-accounts/${emailAccountId}/import`)
    if (progress.imported === last && !progress.done) return progress
    last = progress.imported
    const path = `/v1/conversations?view=all&limit=50&emailAccountId=${emailAccountId}`
    const { conversations } = await client.call<{ conversations: { id: string }[] }>('GET', path)
    shown.push({ at: Date.now(), ids: conversations.map(({ id }) => id).join() })
    return progress
  }

  return {
    async until(isSo) {
      const limit = Date.now() + LIMIT_MS
      for (;;) {
        const progress = await look()
        if (isSo(progress)) return progress.imported
        if (Date.now() > limit) throw new Error(`the import is at ${progress.imported} after ${LIMIT_MS} ms`)
        await pause(LOOK_EVERY_MS)
      }
    },
    newest50ShownAt() {
      const end = shown.at(-1)
      const first = shown.find(({ ids }) => ids === end?.ids)
      if (!first) throw new TypeError('nothing was looked at yet')
      return first.at
    },
  }
}
