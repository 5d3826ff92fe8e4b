import { language } from '../words/index.ts'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
const STEP = 1024

/** `3 MB`, `1.5 kB`: in steps of 1,024, as in mail programs. */
export function sizeWords(sizeBytes: number, locale: string = language): string {
  let size = sizeBytes
  let step = 0
  while (size >= STEP && step < UNITS.length - 1) {
    size /= STEP
    step++
  }
  // The short form would be "291 byte", which is wrong.
  const unitDisplay = step === 0 ? 'long' : 'short'
  const options = { style: 'unit', unit: UNITS[step]!, unitDisplay } as const
  return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: size < 10 ? 1 : 0 }).format(size)
}
