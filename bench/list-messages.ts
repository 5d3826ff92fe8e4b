/** A thousand messages with their text: by the list of messages, and by conversations as before there was one. */
import type { Bench } from './figures.ts'
import type { Answered, Asker } from './requests.ts'
import type { MailStage } from './stage.ts'

const MESSAGES = 1_000

/** Requests, bytes of their answers, and milliseconds of one way to read. */
interface Reading {
  requests: number
  bytes: number
  ms: number
}

export async function listMessages({ quick, tell }: Bench, { asker }: MailStage): Promise<void> {
  const messages = quick ? 100 : MESSAGES
  const of = `list ${messages.toLocaleString('en')} messages with text`
  const [byList, byConversation] = [await measured(asker, readByList), await measured(asker, readByConversation)]
  tell({ name: `${of}, requests`, value: byList.requests, unit: 'requests', baseline: byConversation.requests })
  tell({ name: `${of}, bytes`, value: byList.bytes / 1024, unit: 'KiB', baseline: byConversation.bytes / 1024 })
  tell({ name: `${of}, one request at a time`, value: byList.ms, unit: 'ms', baseline: byConversation.ms })

  async function readByList(ask: (path: string) => Promise<Answered>): Promise<void> {
    let cursor = ''
    for (let read = 0; read < messages;) {
      const { text } = await ask(`/v1/messages?limit=100&include=text${cursor}`)
      const page = JSON.parse(text) as { messages: unknown[]; next?: string }
      read += page.messages.length
      if (page.next === undefined) return
      cursor = `&cursor=${page.next}`
    }
  }

  /** Conversations of a page, each conversation, and the body of each message. */
  async function readByConversation(ask: (path: string) => Promise<Answered>): Promise<void> {
    let before = ''
    for (let read = 0; read < messages;) {
      const { text } = await ask(`/v1/conversations?limit=100${before}`)
      const page = JSON.parse(text) as { conversations: { id: string }[]; next?: string }
      for (const { id } of page.conversations) {
        const opened = JSON.parse((await ask(`/v1/conversations/${id}`)).text) as { messages: { id: string }[] }
        for (const message of opened.messages.slice(0, messages - read)) {
          await ask(`/v1/messages/${message.id}/body`)
          read += 1
        }
        if (read >= messages) return
      }
      if (page.next === undefined) return
      before = `&before=${encodeURIComponent(page.next)}`
    }
  }
}

async function measured(
  asker: Asker,
  read: (ask: (path: string) => Promise<Answered>) => Promise<void>,
): Promise<Reading> {
  const total: Reading = { requests: 0, bytes: 0, ms: 0 }
  await read(async (path) => {
    const answered = await asker.ask(path)
    total.requests += 1
    total.bytes += Buffer.byteLength(answered.text)
    total.ms += answered.ms
    return answered
  })
  return total
}
