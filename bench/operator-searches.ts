import { wordsNear } from './searches.ts'

/** Age, in days, of the newest messages that a search may find. */
const DAYS = [7, 30, 90, 365]

/** Searches with three operators, by words of the laid mail. The n-th differs from all others. */
export const OPERATOR_SEARCHES: readonly { name: string; textOf: (n: number) => string }[] = [
  {
    name: 'of a company, with attachment, by date',
    textOf: (n) => `from:customer${(n * 37) % 700}.example has:attachment before:${daysOf(n)}`,
  },
  {
    name: 'of a frequent subject, by status, by date',
    textOf: (n) => `subject:order is:open,waiting before:${n + 1}d`,
  },
  {
    name: 'of a word in 1 %, by file name, by recipient',
    textOf: (n) => `body:${MEDIUM_WORDS[n % MEDIUM_WORDS.length]!} filename:invoice to:team`,
  },
  {
    name: 'of a customer and a word without another one',
    textOf: (n) =>
      `from:c${(n * 37) % 5000} body:${COMMON_WORDS[n % COMMON_WORDS.length]!} -body:${MEDIUM_WORDS[n % MEDIUM_WORDS.length]!}`,
  },
]

const MEDIUM_WORDS = wordsNear(1000, 100)
const COMMON_WORDS = wordsNear(1, 10)

function daysOf(n: number): string {
  return `${DAYS[n % DAYS.length]!}d`
}
