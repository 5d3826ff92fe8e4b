import { CHARSETS } from './charsets.ts'
import { HEADERS } from './headers.ts'
import { KINDS } from './kinds.ts'
import { PROGRAMS } from './programs.ts'
import { STRUCTURES } from './structures.ts'
import type { UglyMessage } from './ugly-message.ts'

export type { UglyMessage } from './ugly-message.ts'

/**
 * Mail that crashed or confused a mail program, rebuilt by hand. Each message must be stored once, and shown or
 * quarantined.
 */
export const UGLY_MAIL: readonly UglyMessage[] = [...CHARSETS, ...HEADERS, ...STRUCTURES, ...KINDS, ...PROGRAMS]
