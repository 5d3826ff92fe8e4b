import { language } from '../../../words/index.ts'

const KILOBYTE = 1024
const MEGABYTE = 1024 * KILOBYTE

/** `3 MB`, `12.4 kB`: as in file managers. */
export function sizeText(bytes: number, locale: string = language): string {
  const written = (unit: string, value: number, unitDisplay: 'short' | 'long' = 'short') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }).format(value)
  if (bytes >= MEGABYTE) return written('megabyte', bytes / MEGABYTE)
  return bytes >= KILOBYTE ? written('kilobyte', bytes / KILOBYTE) : written('byte', bytes, 'long')
}

export function percentText(percent: number, locale: string = language): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(percent / 100)
}
