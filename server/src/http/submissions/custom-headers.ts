import { z } from 'zod'
import { isCustomHeaderName, isCustomHeaderValue } from '../../mail/index.ts'
import { TEXTS } from '../texts.ts'

const MOST_HEADERS = 20

/** Header fields chosen by a program, by name. */
export const CustomHeaders = z
  .record(
    z.string().max(72).refine(isCustomHeaderName, TEXTS.customHeader),
    z.string().max(900).refine(isCustomHeaderValue, TEXTS.headerText),
  )
  .refine((headers) => Object.keys(headers).length <= MOST_HEADERS, TEXTS.mostHeaders(MOST_HEADERS))
  .refine((headers) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    return new Set(names).size === names.length
  }, TEXTS.eachHeaderOnce)
