/** What to do, said to the person who can, with the real names filled in. */
import { explain, WHO_WORDS, type KnownNames, type Shell } from '../error-map/index.ts'
import { CATALOGUE, type ErrorCode, type Remedy, type Upstream } from '../kernel/errors.ts'
import type { IncidentWords } from './incident.ts'

/** What the words are filled with. A name that is not known is called by common words. */
export interface Names extends KnownNames {
  /** What the Cloud Provider is called here. */
  provider?: string | undefined
  /** What Microsoft said when it began. */
  upstream?: Upstream | undefined
}

const SHELL_NAMES: Readonly<Record<Shell, string>> = {
  'azure-cli': 'Azure CLI',
  'graph-powershell': 'Microsoft Graph PowerShell',
  'exchange-powershell': 'Exchange Online PowerShell',
}

/**
 * Every code has words: Microsoft's own number is explained where it is known, and else remedy and fix of the catalogue
 * say what there is to say.
 */
export function wordsFor(code: ErrorCode, names: Names): IncidentWords {
  const { title, remedy, fix } = CATALOGUE[code]
  const explained = explain(code, names.upstream, names)
  return {
    title,
    cause: explained?.cause,
    said: explained?.said,
    who: capitalized(explained?.whoWords ?? whoOf(code, remedy, names)),
    where: explained?.where ?? whereOf(code, remedy, names),
    fix: named(fix, names),
    commands: (explained?.commands ?? []).map(({ shell, text }) => ({ shell: SHELL_NAMES[shell], text })),
    lookUpUrl: explained?.lookUpUrl,
  }
}

const OF_THE_SERVER: readonly string[] = ['kernel', 'database', 'egress', 'email_accounts', 'disk_space', 'submission']

function whoOf(code: ErrorCode, remedy: Remedy, { person }: Names): string {
  switch (remedy) {
    case 'sign-in':
      return person ?? WHO_WORDS.person
    case 'admin':
      if (code.startsWith('cloud_providers.')) return WHO_WORDS['app-developer']
      return OF_THE_SERVER.includes(code.split('.')[0]!) ? 'an admin of this server' : WHO_WORDS['entra-admin']
    case 'bug':
      return 'an admin of this server'
    case 'wait':
      if (code.startsWith('egress.')) return 'an admin of this server and its network'
      return OF_THE_SERVER.includes(code.split('.')[0]!) ? 'an admin of this server' : WHO_WORDS.microsoft
  }
}

function whereOf(code: ErrorCode, remedy: Remedy, { provider }: Names): string | undefined {
  if (remedy === 'sign-in') {
    return 'In Postkey open the email account and press "Sign in again". An admin can send a sign-in link instead.'
  }
  if (remedy === 'admin' && code.startsWith('email_accounts.')) return 'In Postkey open the email account.'
  if (remedy === 'admin' && provider !== undefined) return `In Postkey open Cloud providers, ${provider}.`
  return undefined
}

/** Fixes of the catalogue name nobody; what is known of whom they are about stands in its place. */
function named(fix: string, { address, person }: Names): string {
  return fix.replaceAll('<mailbox>', address ?? '<mailbox>').replaceAll('<person>', person ?? '<person>')
}

function capitalized(text: string): string {
  // The name of a person is left as it is.
  return text.includes('@') ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
