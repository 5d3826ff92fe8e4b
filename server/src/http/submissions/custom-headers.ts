import { z } from 'zod'
import { TEXTS } from '../texts.ts'

const MOST_HEADERS = 20

/**
 * Fields that Exchange interprets, or deletes from mail of others, can't be set.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow/mail-routing/header-firewall
 */
const NAME = /^X-(?!MS-|Microsoft-|Auto-Response-Suppress$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,68}[A-Za-z0-9])?$/i

/** Header fields chosen by a program, by name. */
export const CustomHeaders = z
  .record(z.string().regex(NAME, TEXTS.customHeader), z.string().regex(/^[\x20-\x7e]{0,900}$/, TEXTS.headerText))
  .refine((headers) => Object.keys(headers).length <= MOST_HEADERS, TEXTS.mostHeaders(MOST_HEADERS))
  .refine((headers) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    return new Set(names).size === names.length
  }, TEXTS.eachHeaderOnce)
