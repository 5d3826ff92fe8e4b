import { QUOTATION_LINES } from './texts.ts'

/** Language (BCP 47) and time zone (IANA) of the line above a quotation. Defaults: English and UTC. */
export interface QuotationStyle {
  language?: string | undefined
  timeZone?: string | undefined
}

type Language = keyof typeof QUOTATION_LINES

/** Words in the requested language, or in English. */
export function quotationLines(style: QuotationStyle): (typeof QUOTATION_LINES)[Language] {
  return QUOTATION_LINES[known(style) ?? 'en']
}

/** Date and time with the time zone, in the form of the language. */
export function formatQuotedDate(date: Date, { language, timeZone = 'UTC' }: QuotationStyle): string {
  const locale = language !== undefined && known({ language }) !== undefined ? language : 'en'
  return new Intl.DateTimeFormat(locale, {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' },
    ...{ timeZone, timeZoneName: 'short' },
  }).format(date)
}

function known({ language = 'en' }: QuotationStyle): Language | undefined {
  const [base = ''] = language.toLowerCase().split('-')
  const name = base === 'no' || base === 'nn' ? 'nb' : base
  return Object.hasOwn(QUOTATION_LINES, name) ? (name as Language) : undefined
}

/** `true` for a language tag that `Intl` accepts. */
export function isLanguage(text: string): boolean {
  try {
    return new Intl.Locale(text).language !== ''
  } catch {
    return false
  }
}

/** Reports whether the time zone database has this name. */
export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
