import type { CloudProvider } from '../cloud-providers/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { storedReason } from '../kernel/errors.ts'
import { EXIT, type Verb } from './verb.ts'

/** States that require attention. */
const TROUBLED = ['degraded', 'needs-sign-in', 'needs-admin']

export const statusVerb: Verb = {
  name: 'status',
  usage: 'status',
  sentence: 'Lists Cloud Providers and Email Accounts with their state, the reason and who can fix it.',
  details: ['Reads stored states without network requests. The exit code is 1 if one needs attention.'],
  mostOperands: 0,
  async run({ open, json, print }) {
    const { cloudProviders, emailAccounts } = await open()
    const [providers, accounts] = await Promise.all([cloudProviders.list(), emailAccounts.list()])
    const lines = [...providers.map(lineOfProvider), ...accounts.map(lineOfAccount)]
    if (json) print(JSON.stringify({ lines }))
    else print(lines.length === 0 ? 'No Cloud Providers and no Email Accounts yet.' : lines.map(worded).join('\n'))
    return lines.some(({ state }) => TROUBLED.includes(state)) ? EXIT.foundTrouble : EXIT.fine
  },
}

interface StatusLine {
  kind: 'cloud-provider' | 'email-account'
  id: string
  name: string
  state: string
  since: string
  reason?: { code: string; title: string; remedy: string; fix: string }
}

function lineOfProvider({ id, name, state, stateSince, stateReason }: CloudProvider): StatusLine {
  return {
    kind: 'cloud-provider',
    id,
    name,
    state,
    since: stateSince.toISOString(),
    ...(stateReason !== undefined && { reason: wordsOf(stateReason) }),
  }
}

function lineOfAccount({ id, key, address, state, stateSince, reason }: EmailAccount): StatusLine {
  return {
    kind: 'email-account',
    id,
    name: `${key} ${address}`,
    state,
    since: stateSince.toISOString(),
    ...(reason && { reason: wordsOf(reason.code) }),
  }
}

function wordsOf(stored: string) {
  return storedReason(stored)
}

function worded({ name, state, since, reason }: StatusLine): string {
  const head = `${state.padEnd(13)}  ${name}, since ${since}`
  return reason ? `${head}\n${' '.repeat(15)}${reason.title}. ${reason.fix} (${reason.code})` : head
}
