/** HTML with automatic escaping: every value in the template is escaped, unless it is `Html`. */
import { escapeHtml } from '../mail/index.ts'

export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

type Value = Html | string | undefined | readonly Html[]

export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.reduce((page, text, i) => page + render(values[i - 1]) + text))
}

function render(value: Value): string {
  if (value === undefined) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'string') return escapeHtml(value)
  return value.map(String).join('')
}
