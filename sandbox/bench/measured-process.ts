/**
 * The process that is measured: a sandbox with its state in a file and one full mailbox, and beside it a bare
 * Fastify server that sends given bytes. The client stays outside, so that neither time nor memory is its own.
 */
import Fastify from 'fastify'
import { seedBulk } from '../src/exchange-online/mail-store/index.ts'
import { startSandbox } from '../src/sandbox.ts'
import { GRAPH } from '../src/tenants/index.ts'

export interface Assignment {
  databasePath: string
  messages: number
  sizeBytes: number
}

export interface Ready {
  graph: string
  tokenEndpoint: string
  clientId: string
  clientSecret: string
  userId: string
  seedMs: number
  rssBeforeSeedBytes: number
}

/** What the measuring process asks, and what it is told. */
export type Question = { ask: 'memory' } | { ask: 'serve'; body: string }
export type Answer = { rssBytes: number } | { url: string }

const PERSON = 'ben@contoso.example'

const { databasePath, messages, sizeBytes } = JSON.parse(process.argv[2]!) as Assignment
const sandbox = await startSandbox({ databasePath, withMail: false })
const { database, clock, directory, mailStore } = sandbox
const { applications, consents, people } = directory

const user = people.findUserByAddress(PERSON)!
const role = GRAPH.application.find(({ value }) => value === 'Mail.Read')!
const application = applications.add(user.tenantId, {
  displayName: 'Bench',
  requiredResourceAccess: [{ resourceAppId: GRAPH.appId, resourceAccess: [{ id: role.id, type: 'Role' }] }],
})
const client = consents.addServicePrincipal(user.tenantId, application)
consents.assignAppRole(client.id, consents.findServicePrincipal(user.tenantId, GRAPH.appId)!.id, role.id)
const { secretText } = applications.addPassword(application.id, { displayName: 'bench' })

const rssBeforeSeedBytes = process.memoryUsage.rss()
const startedAt = performance.now()
seedBulk({ database, clock, mailStore }, user.id, messages, { sizeBytes })

const plain = Fastify()
let bytes = Buffer.alloc(0)
plain.get('/page', (_request, reply) => reply.type('application/json').send(bytes))

process.on('message', (question: Question) => {
  void answer(question).then((told) => process.send!(told))
})
process.on('disconnect', () => {
  void Promise.all([plain.close(), sandbox.close()])
})

const ready: Ready = {
  graph: sandbox.addresses.graph,
  tokenEndpoint: `${sandbox.addresses.login}/${user.tenantId}/oauth2/v2.0/token`,
  clientId: application.appId,
  clientSecret: secretText,
  userId: user.id,
  seedMs: performance.now() - startedAt,
  rssBeforeSeedBytes,
}
process.send!(ready)

async function answer(question: Question): Promise<Answer> {
  switch (question.ask) {
    case 'memory':
      return { rssBytes: process.memoryUsage.rss() }
    case 'serve':
      bytes = Buffer.from(question.body)
      return { url: `${await plain.listen({ host: '127.0.0.1', port: 0 })}/page` }
  }
}
