import type { Parameter } from '../kernel/errors.ts'

/** Real names for the texts, as far as the caller knows them. */
export interface KnownNames {
  /** Application (client) ID. */
  clientId?: string | undefined
  /** Directory (tenant) ID. */
  tenantId?: string | undefined
  /** Address of the mailbox. */
  address?: string | undefined
  /** User name at Microsoft of the person who signed in. */
  person?: string | undefined
  redirectUri?: string | undefined
  /** Principal of the mailbox. Default: `person`. */
  principal?: 'person' | 'application' | undefined
  /** Environment names in Azure CLI and Graph PowerShell; `none` for a cloud that they don't know. */
  scriptNames?: { azureCli: string; graphPowerShell: string } | 'none' | undefined
}

/** Placeholders for an unknown name: in a sentence, and in a command, where the user must replace it. */
const UNKNOWN: Readonly<Record<Parameter, { words: string; hole: string }>> = {
  clientId: { words: 'the application', hole: '<Application (client) ID>' },
  tenantId: { words: 'the organization', hole: '<Directory (tenant) ID>' },
  address: { words: 'the mailbox', hole: '<address of the mailbox>' },
  person: { words: 'the person who signs in', hole: '<user name of the person>' },
  redirectUri: { words: 'the redirect URI of the work order', hole: '<redirect URI>' },
}

/**
 * Returns true if a value is safe to show. Names come from admins and from Microsoft and are pasted into terminals. A
 * value with control or direction characters, or one that looks like an option, counts as unknown.
 */
function isPlain(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value.length <= 320 && !/^-|[\p{C}\p{Zl}\p{Zp}]/u.test(value)
}

/** Returns a name for a sentence. An unknown name becomes a generic term, capitalized at the start. */
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
