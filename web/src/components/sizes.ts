import { language } from '../words/index.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
const STEP = 1024

/** `3 MB`, `1.5 kB`: as mail programs count, in steps of 1,024. */
export function sizeWords(sizeBytes: number, locale: string = language): string {
  let size = sizeBytes
  let step = 0
  while (size >= STEP && step < UNITS.length - 1) {
    size /= STEP
    step++
  }
  // In short "291 byte", which is no English.
  const unitDisplay = step === 0 ? 'long' : 'short'
  const options = { style: 'unit', unit: UNITS[step]!, unitDisplay } as const
  return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: size < 10 ? 1 : 0 }).format(size)
}
