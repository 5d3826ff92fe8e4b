/** Explanation and steps of an incident, with known names filled in. */
import { explain, WHO_WORDS, type KnownNames, type Shell } from '../error-map/index.ts'
import {
  CATALOGUE,
  type ErrorCode,
  type ErrorEntry,
  fillText,
  describeFix,
  type Scope,
  type Upstream,
} from '../kernel/errors.ts'
import type { IncidentWords } from './incident.ts'
import { TEXTS } from './texts.ts'

/** Values of the parameters. Unknown names are replaced by common words. */
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

/** Texts of a code: the explanation of Microsoft's code if it is known, otherwise remedy and fix of the catalogue. */
export function wordsFor(code: ErrorCode, names: Names): IncidentWords {
  const entry = CATALOGUE[code]
  const explained = explain(code, names.upstream, names)
  return {
    title: entry.title,
    cause: explained?.cause,
    said: explained?.said,
    who: capitalized(explained?.whoWords ?? whoOf(entry, names)),
    where: explained?.where ?? whereOf(entry, names),
    fix: describeFix(code, names),
    commands: (explained?.commands ?? []).map(({ shell, text }) => ({ shell: SHELL_NAMES[shell], text })),
    lookupUrl: explained?.lookupUrl,
  }
}

/** Users who can fix a failure without a known Microsoft code. */
const WHO_BY_SCOPE: Readonly<Partial<Record<Scope, string>>> = {
  registration: WHO_WORDS['app-developer'],
  network: TEXTS.serverAdmin,
  account: TEXTS.serverAdmin,
  database: TEXTS.serverAdmin,
  key: TEXTS.serverAdmin,
  installation: TEXTS.serverAdmin,
  us: TEXTS.serverAdmin,
}

function whoOf({ remedy, scope }: ErrorEntry, { person }: Names): string {
  switch (remedy) {
    case 'sign-in':
      return person ?? WHO_WORDS.person
    case 'admin':
      return WHO_BY_SCOPE[scope] ?? WHO_WORDS['entra-admin']
    case 'bug':
      return TEXTS.serverAdmin
    case 'wait':
      if (scope === 'network') return TEXTS.networkAdmin
      return WHO_BY_SCOPE[scope] ?? WHO_WORDS.microsoft
  }
}

function whereOf({ remedy, scope }: ErrorEntry, { provider, person }: Names): string | undefined {
  if (remedy === 'sign-in') {
    return person === undefined ? TEXTS.signInAgain : fillText(TEXTS.signInAgainAs, { person })
  }
  if (remedy === 'admin' && scope === 'account') return TEXTS.openAccount
  if (remedy === 'admin' && provider !== undefined) return fillText(TEXTS.openProvider, { provider })
  return undefined
}

function capitalized(text: string): string {
  // A user name keeps its capitalization.
  return text.includes('@') ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
