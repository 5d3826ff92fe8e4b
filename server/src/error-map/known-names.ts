import type { Parameter } from '../kernel/errors.ts'

/** The real names, as far as whoever asks for words knows them. */
export interface KnownNames {
  /** Application (client) ID. */
  clientId?: string | undefined
  /** Directory (tenant) ID. */
  tenantId?: string | undefined
  /** Address of the mailbox. */
  address?: string | undefined
  /** The person who signed in, as Microsoft calls them. */
  person?: string | undefined
  redirectUri?: string | undefined
  /** What opens the mailbox: a person's sign-in unless said otherwise. */
  principal?: 'person' | 'application' | undefined
  /** Environment names in Azure CLI and Graph PowerShell; `none` for a cloud that they don't know. */
  scriptNames?: { azureCli: string; graphPowerShell: string } | 'none' | undefined
}

/** What stands where a name is not known: in a sentence, and in a command, where it must be replaced. */
const UNKNOWN: Readonly<Record<Parameter, { words: string; hole: string }>> = {
  clientId: { words: 'the application', hole: '<Application (client) ID>' },
  tenantId: { words: 'the organization', hole: '<Directory (tenant) ID>' },
  address: { words: 'the mailbox', hole: '<address of the mailbox>' },
  person: { words: 'the person who signs in', hole: '<user name of the person>' },
  redirectUri: { words: 'the redirect URI of the work order', hole: '<redirect URI>' },
}

/**
 * Whether a value is shown at all. Names come from admins and from Microsoft, and end in a terminal: one with control or
 * direction characters, or one that would be read as an option, is as good as not known.
 */
function isPlain(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value.length <= 320 && !/^-|[\p{C}\p{Zl}\p{Zp}]/u.test(value)
}

/** In a sentence; what is not known is called by common words, which may begin it. */
export function inWords(name: Parameter, names: KnownNames, atTheStart: boolean): string {
  const value = names[name]
  if (isPlain(value)) return value
  const { words } = UNKNOWN[name]
  return atTheStart ? words.charAt(0).toUpperCase() + words.slice(1) : words
}

export function inCommand(name: Parameter, names: KnownNames): string {
  const value = names[name]
  return isPlain(value) ? value : UNKNOWN[name].hole
}
