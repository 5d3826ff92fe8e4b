/** Name resolution fails while a Cloud Provider lies in the global cloud, and while the server is started. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ADMIN } from '../walk/connect-support.ts'
import { ask, settleMail, until, type Case, type Context } from './case.ts'
import type { Installation } from './installation.ts'
import type { NameServerMode } from './name-server.ts'

/** Microsoft's host of the global cloud. */
const HOST = 'login.microsoftonline.com'
/** No process listens there. */
const NO_RESOLVER = '127.0.0.9'
const UP_FOR_MS = 15_000
const CHECK_LIMIT_MS = 45_000
const SIGN_IN_LIMIT_MS = 5000
const MAIL_LIMIT_MS = 60_000

export const dnsCases: readonly Case[] = [
  dnsCase('dns-no-resolver', ({ resolveBy }) => resolveBy(NO_RESOLVER)),
  dnsCase('dns-servfail', ({ names }) => (names.mode = 'servfail')),
  dnsCase('dns-nxdomain', ({ names }) => (names.mode = 'nxdomain')),
  dnsCase('dns-slow', ({ names }) => (names.mode = 'slow'), 'slow'),
]

function dnsCase(name: string, breakDns: (context: Context) => unknown, mode?: NameServerMode): Case {
  return {
    name,
    promised:
      'the server starts and stays up, mail of other servers continues, the check of the Cloud Provider names the cause, and DNS is asked again',
    async run(context, findings) {
      const { names, resolveBy } = context
      const installation = await context.installation()
      const { client, accounts } = installation
      const provider = await globalProvider(installation)
      try {
        breakDns(context)
        const beganAt = performance.now()
        const served = await installation.restart()
        const pid = served.serverPid()
        await accounts.graph.deliver()
        const { refusal } = await accounts.graph.submit()
        if (refusal !== undefined) findings.faults.push(`a submission was refused: ${refusal}`)

        const checks = Promise.all(
          Array.from({ length: mode === 'slow' ? 6 : 1 }, () => checkProvider(client, provider)),
        )
        await pause(500)
        const signIn = await ask(`${installation.address}/v1/session`, SIGN_IN_LIMIT_MS * 4, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: installation.address },
          body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
        })
        findings.saw.push(`a sign-in took ${signIn.ms} ms`)
        if (signIn.status !== 200 && signIn.status !== 201)
          findings.faults.push(`a sign-in was answered by ${signIn.status}`)
        if (signIn.ms > SIGN_IN_LIMIT_MS) findings.faults.push(`a sign-in took ${signIn.ms} ms`)

        const [said] = await checks
        const checkedMs = Math.round(performance.now() - beganAt)
        const end = await until(UP_FOR_MS, () => !served.isRunning() || served.serverPid() !== pid)
        if (end !== null) {
          findings.faults.push('the server ended')
          findings.saw.push(served.printed().slice(-300))
          return
        }
        // A slow answer is an answer: what it says is checked next.
        const isReported = mode === 'slow' ? said!.includes('"lines"') : said!.includes('egress.name_')
        if (isReported) findings.noticedMs = checkedMs
        findings.explained = isReported && said!.includes('"fix"')
        findings.saw.push(`the check says ${said!.slice(0, 400)}`)

        names.mode = 'answers'
        resolveBy()
        names.askedSince()
        await checkProvider(client, provider)
        if (!names.askedSince().includes(HOST)) findings.faults.push(`${HOST} was not asked for again`)
        await settleMail(accounts.graph, MAIL_LIMIT_MS, findings)
      } finally {
        names.mode = 'answers'
        resolveBy()
      }
    },
  }
}

async function checkProvider(client: Installation['client'], id: string): Promise<string> {
  const checking = client.call<object>('POST', `/v1/cloud-providers/${id}/check`).then(
    (lines) => JSON.stringify(lines),
    (error: unknown) => String(error),
  )
  return Promise.race([checking, pause(CHECK_LIMIT_MS).then(() => `no answer within ${CHECK_LIMIT_MS} ms`)])
}

/** A Cloud Provider in Microsoft's global cloud, made once. */
async function globalProvider({ client }: Installation): Promise<string> {
  type Listed = { cloudProviders: { id: string; cloud: string }[] }
  const { cloudProviders } = await client.call<Listed>('GET', '/v1/cloud-providers')
  const known = cloudProviders.find(({ cloud }) => cloud === 'global')
  if (known) return known.id
  const { id } = await client.call<{ id: string }>('POST', '/v1/cloud-providers', {
    ...{ name: 'Global', cloud: 'global', accountTypes: 'single-tenant', contact: ADMIN.email },
    ...{ tenantId: randomUUID(), clientId: randomUUID() },
    credential: { kind: 'secret', secret: `Edg8Q~${randomUUID().replaceAll('-', '')}.` },
  })
  return id
}
