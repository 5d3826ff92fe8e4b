import { language, words } from '../words/index.ts'

/** The server counts unsent messages up to here. */
const MOST_COUNTED = 1000
const number = new Intl.NumberFormat(language)

/** Figure of a count of unsent messages, such as "1,000+". */
export function unsentFigure(count: number): string {
  const figure = number.format(count)
  return count < MOST_COUNTED ? figure : words.orMore(figure)
}
