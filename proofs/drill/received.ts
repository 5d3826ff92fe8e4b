import type { PostkeyClient } from '../walk/postkey-client.ts'

/** Message-IDs of `wanted` that Postkey shows for the mailbox, as often as it shows them. */
export async function receivedBy(
  client: PostkeyClient,
  accountId: string,
  wanted: readonly string[],
): Promise<string[]> {
  type List = { conversations: { id: string }[] }
  const path = `/v1/conversations?view=all&limit=100&emailAccountId=${accountId}`
  const { conversations } = await client.call<List>('GET', path)
  const shown: string[] = []
  for (const { id } of conversations) {
    type Shown = { messages: { messageId?: string }[] }
    const { messages } = await client.call<Shown>('GET', `/v1/conversations/${id}`)
    shown.push(...messages.flatMap(({ messageId }) => messageId ?? []))
  }
  return shown.filter((messageId) => wanted.includes(messageId))
}

/** Number of messages shown by Postkey whose content the server does not hand out. */
export async function heldBackFrom(client: PostkeyClient, accountId: string): Promise<number> {
  type List = { conversations: { id: string }[] }
  const path = `/v1/conversations?view=all&limit=100&emailAccountId=${accountId}`
  const { conversations } = await client.call<List>('GET', path)
  let count = 0
  for (const { id } of conversations) {
    type Shown = { messages: { marks?: { quarantine?: unknown } }[] }
    const { messages } = await client.call<Shown>('GET', `/v1/conversations/${id}`)
    count += messages.filter(({ marks }) => marks?.quarantine != null).length
  }
  return count
}
