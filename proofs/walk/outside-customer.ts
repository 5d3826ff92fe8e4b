/** A customer somewhere outside, who writes and reads what is answered. */
export interface ReadLetter {
  subject: string
  messageId: string | undefined
  inReplyTo: string[]
  references: string[]
  text: string | undefined
}

export interface WrittenLetter {
  subject: string
  text: string
  inReplyTo?: string
  references?: string[]
  /** `contentBytes` in base64. */
  attachments?: { name: string; contentType: string; contentBytes: string }[]
}

const PATIENCE_MS = 60_000

export interface Customer {
  /** Answers the Message-ID it was sent with, without `<>`. */
  write(letter: WrittenLetter): Promise<string>
  /** The next letter that came to this customer; waits for it. */
  read(): Promise<ReadLetter>
  /** All that came by now and was not read yet. */
  unread(): Promise<number>
}

export function createCustomer(
  controlPanel: string,
  { name, address, to }: { name: string; address: string; to: string },
): Customer {
  let after = 0

  async function list(waitMs: number): Promise<{ messages: { id: string; sequence: number }[] }> {
    const query = new URLSearchParams({ to: address, after: String(after), limit: '50', waitMs: String(waitMs) })
    return ask(`${controlPanel}/api/outside/messages?${query.toString()}`)
  }

  return {
    async write(letter) {
      const { messageId } = await ask<{ messageId: string }>(`${controlPanel}/api/outside/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from: { name, address }, to, ...letter }),
      })
      return bare(messageId)
    },
    async read() {
      const [first] = (await list(PATIENCE_MS)).messages
      if (!first) throw new Error(`nothing came to ${address} within ${PATIENCE_MS} ms`)
      after = first.sequence
      const letter = await ask<ReadLetter>(`${controlPanel}/api/outside/messages/${first.id}`)
      return {
        ...letter,
        messageId: letter.messageId && bare(letter.messageId),
        inReplyTo: letter.inReplyTo.map(bare),
        references: letter.references.map(bare),
      }
    },
    unread: async () => (await list(0)).messages.length,
  }
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

function bare(messageId: string): string {
  return messageId.replace(/^<|>$/g, '')
}
