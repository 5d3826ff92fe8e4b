/** Uses the egress guard of the running server: the address for large files is another host of the same cloud. */
import { expect, it, vi } from 'vitest'
import { listLoopbackOrigins } from '../../cloud-providers/index.ts'
import { newMessageId } from '../../mail/index.ts'
import { createConnectingStage, WAIT } from '../../../test/kit/index.ts'
import type { GraphTransport } from '../../transports/index.ts'

const BEN = 'ben@contoso.example'
const SUPPORT = 'support@contoso.example'
const FIVE_MEGABYTES = 5 * 1024 * 1024

const { ask, admin, newCloudProvider, grantOf, rooms, sandbox } = await createConnectingStage()

async function open(address: string, kind: 'user' | 'shared', as: string, key: string): Promise<GraphTransport> {
  const [provider] = await rooms.cloudProviders.list()
  const grantId = await grantOf(provider!.id, as)
  const body = { address, kind, grantId, name: address, key, contact: 'ada@contoso.example' }
  const answer = await ask('POST /v1/email-accounts', { as: admin, body })
  expect(answer.status, answer.text).toBe(201)
  const account = await rooms.emailAccounts.get((answer.body as { id: string }).id as never)
  return (await rooms.emailAccounts.transportOf(account)) as GraphTransport
}

async function find(transport: GraphTransport, subject: string) {
  const inbox = (await transport.reading.listFolders()).find(({ role }) => role === 'inbox')!
  for await (const { upserts } of transport.reading.changes(inbox.remoteId, undefined, { since: new Date(0) })) {
    const found = upserts.find((message) => message.subject === subject)
    if (found) return found
  }
  return undefined
}

it('sends a file of five megabytes and receives it completely', { timeout: 60_000 }, async () => {
  await newCloudProvider()
  const ben = await open(BEN, 'user', BEN, 'BEN')
  const support = await open(SUPPORT, 'shared', 'anna@contoso.example', 'SUP')
  const content = Buffer.alloc(FIVE_MEGABYTES, 'five megabytes ')

  const { remoteId, toAttach } = await ben.sending.createDraft({
    messageId: newMessageId(BEN),
    sentAt: await sandbox.now(),
    from: { name: 'Ben', address: BEN },
    to: [{ name: '', address: SUPPORT }],
    cc: [],
    bcc: [],
    subject: 'Plans',
    text: 'Here they are.',
    inReplyTo: [],
    references: [],
    attachments: [{ name: 'plans.bin', contentType: 'application/octet-stream', isInline: false, content }],
  })
  expect(toAttach).toHaveLength(1)
  await ben.sending.attach(remoteId, toAttach[0]!)
  await ben.sending.sendDraft(remoteId)
  await sandbox.advance(60_000)

  const received = await vi.waitUntil(() => find(support, 'Plans'), WAIT)
  const [file] = await support.reading.listAttachments(received.remoteId)
  expect(file).toMatchObject({ name: 'plans.bin' })
  const pieces: Uint8Array[] = []
  for await (const piece of support.reading.downloadAttachment(received.remoteId, file!.remoteId, {
    maxBytes: 2 * FIVE_MEGABYTES,
  })) {
    pieces.push(piece)
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true)
})

it('blocks all addresses of this machine except those of a cloud that is declared as local', () => {
  const origins = listLoopbackOrigins(rooms.clouds)

  const { port } = new URL(sandbox.graph)
  expect([...origins].filter((origin) => new URL(origin).port === port).sort()).toEqual(
    [`http://127.0.0.1:${port}`, `http://[::1]:${port}`, `http://localhost:${port}`].sort(),
  )
  expect(origins.has(sandbox.login)).toBe(true)
  for (const other of [sandbox.controlPanel, sandbox.portal]) expect(origins.has(other)).toBe(false)
})
