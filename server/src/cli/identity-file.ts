import { readFileSync } from 'node:fs'
import { parseIdentities } from '../backup/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { TEXTS } from './texts.ts'
import type { VerbOption } from './verb.ts'

/** Option of verbs that read a backup. */
export const IDENTITY_OPTION: Readonly<Record<string, VerbOption>> = {
  identity: { type: 'string', value: 'FILE', sentence: TEXTS.identityOption },
}

/** Reads the private keys of age. @throws {AppError} `backup.identity_unusable` */
export function readIdentities(path: string | boolean | undefined): Secret[] {
  if (typeof path !== 'string') return []
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AppError('backup.identity_unusable', { cause })
  }
  return parseIdentities(text)
}
