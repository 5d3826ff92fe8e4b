import { z } from 'zod'
import { fillText } from '../kernel/errors.ts'
import { SHOWN_AS_IT_IS } from '../kernel/shown-text.ts'
import { usageError } from './find-verb.ts'
import { TEXTS } from './texts.ts'

/** Words of a command line. Each function throws `cli.usage` for a wrong one. */

const Email = z.email().max(320)
const Name = z.string().trim().min(1).max(200).regex(SHOWN_AS_IT_IS)

export function readEmail(word: string): string {
  const email = Email.safeParse(word)
  if (!email.success) throw usageError(fillText(TEXTS.notAnEmail, { word }))
  return email.data
}

export function readName(word: string): string {
  const name = Name.safeParse(word)
  if (!name.success) throw usageError(TEXTS.notAName)
  return name.data
}

/** The words of a list with commas. */
export function listOf(value: string | boolean): string[] {
  return String(value)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
