/** Instructions for the person who can fix an incident, with the real names filled in. */
import { explain, WHO_WORDS, type KnownNames, type Shell } from '../error-map/index.ts'
import { CATALOGUE, type ErrorCode, type ErrorEntry, fixOf, type Scope, type Upstream } from '../kernel/errors.ts'
import type { IncidentWords } from './incident.ts'

/** Names to fill in. An unknown name is replaced by common words. */
export interface Names extends KnownNames {
  /** Name of the Cloud Provider in Postkey. */
  provider?: string | undefined
  /** Microsoft's response at the start of the incident. */
  upstream?: Upstream | undefined
}

const SHELL_NAMES: Readonly<Record<Shell, string>> = {
  'azure-cli': 'Azure CLI',
  'graph-powershell': 'Microsoft Graph PowerShell',
  'exchange-powershell': 'Exchange Online PowerShell',
}

/**
 * Texts for every code. A known Microsoft code is explained; otherwise the texts are the remedy and fix of the
 * catalogue.
 */
export function wordsFor(code: ErrorCode, names: Names): IncidentWords {
  const entry = CATALOGUE[code]
  const explained = explain(code, names.upstream, names)
  return {
    title: entry.title,
    cause: explained?.cause,
    said: explained?.said,
    who: capitalized(explained?.whoWords ?? whoOf(entry, names)),
    where: explained?.where ?? whereOf(entry, names),
    fix: fixOf(code, names),
    commands: (explained?.commands ?? []).map(({ shell, text }) => ({ shell: SHELL_NAMES[shell], text })),
    lookUpUrl: explained?.lookUpUrl,
  }
}

/** Users who can fix a failure without a known Microsoft code. */
const WHO_BY_SCOPE: Readonly<Partial<Record<Scope, string>>> = {
  registration: WHO_WORDS['app-developer'],
  network: 'an admin of this server',
  account: 'an admin of this server',
  database: 'an admin of this server',
  key: 'an admin of this server',
  installation: 'an admin of this server',
  us: 'an admin of this server',
}

function whoOf({ remedy, scope }: ErrorEntry, { person }: Names): string {
  switch (remedy) {
    case 'sign-in':
      return person ?? WHO_WORDS.person
    case 'admin':
      return WHO_BY_SCOPE[scope] ?? WHO_WORDS['entra-admin']
    case 'bug':
      return 'an admin of this server'
    case 'wait':
      if (scope === 'network') return 'an admin of this server and its network'
      return WHO_BY_SCOPE[scope] ?? WHO_WORDS.microsoft
  }
}

function whereOf({ remedy, scope }: ErrorEntry, { provider }: Names): string | undefined {
  if (remedy === 'sign-in') {
    return 'In Postkey open the email account and press "Sign in again". An admin can send a sign-in link instead.'
  }
  if (remedy === 'admin' && scope === 'account') return 'In Postkey open the email account.'
  if (remedy === 'admin' && provider !== undefined) return `In Postkey open Cloud providers, ${provider}.`
  return undefined
}

function capitalized(text: string): string {
  // A user name keeps its capitalization.
  return text.includes('@') ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
