/**
 * The process that is measured: a sandbox with its state in a file and one full mailbox, and beside it a bare
 * Fastify server that sends given bytes. The client stays outside, so that neither time nor memory is its own.
 */
import Fastify from 'fastify'
import { seedBulk } from '../../sandbox/src/exchange-online/mail-store/index.ts'
import { startSandbox } from '../../sandbox/src/sandbox.ts'
import { GRAPH } from '../../sandbox/src/tenants/index.ts'

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
  beforeSeed: Usage
}

/** Questions of the measuring process, and the answers. */
export type Question = { ask: 'usage' } | { ask: 'serve'; body: string }
export type Answer = Usage | { url: string }

export interface Usage {
  rssBytes: number
  /** Time of all its threads on a core, since the process began: other programs do not weigh on it. */
  cpuMs: number
}

const PERSON = 'ben@contoso.example'

const { databasePath, messages, sizeBytes } = JSON.parse(process.argv[2]!) as Assignment
const sandbox = await startSandbox({ databasePath, withMail: false })
const { database, clock, directory, mailStore } = sandbox
const { applications, consents, people } = directory

const person = people.findUserByAddress(PERSON)!
const role = GRAPH.application.find(({ value }) => value === 'Mail.Read')!
const application = applications.add(person.tenantId, {
  displayName: 'Bench',
  requiredResourceAccess: [{ resourceAppId: GRAPH.appId, resourceAccess: [{ id: role.id, type: 'Role' }] }],
})
const client = consents.addServicePrincipal(person.tenantId, application)
consents.assignAppRole(client.id, consents.findServicePrincipal(person.tenantId, GRAPH.appId)!.id, role.id)
const { secretText } = applications.addPassword(application.id, { displayName: 'bench' })

const beforeSeed = usage()
const startedAt = performance.now()
seedBulk({ database, clock, mailStore }, person.id, messages, { sizeBytes })

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
  tokenEndpoint: `${sandbox.addresses.login}/${person.tenantId}/oauth2/v2.0/token`,
  clientId: application.appId,
  clientSecret: secretText,
  userId: person.id,
  seedMs: performance.now() - startedAt,
  beforeSeed,
}
process.send!(ready)

async function answer(question: Question): Promise<Answer> {
  switch (question.ask) {
    case 'usage':
      return usage()
    case 'serve':
      bytes = Buffer.from(question.body)
      return { url: `${await plain.listen({ host: '127.0.0.1', port: 0 })}/page` }
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 }
}
