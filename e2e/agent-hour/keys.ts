import type { Page } from 'playwright-core'

interface Effort {
  /** Times the action was done. */
  count: number
  /** Keys and chords pressed, without the letters of texts. */
  keys: number
  /** Letters of texts. */
  letters: number
  seconds: number
}

/** Most presses of Tab before a control counts as unreachable. */
const MOST_TABS = 120

/** An agent without a mouse. Counts what is pressed and how long it takes, per kind of action. */
export class Keys {
  readonly efforts = new Map<string, Effort>()
  #current: Effort | undefined
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Measures one action, from its first key to its effect on the screen. */
  async during(kind: string, work: () => Promise<void>): Promise<void> {
    const effort = this.efforts.get(kind) ?? { count: 0, keys: 0, letters: 0, seconds: 0 }
    this.efforts.set(kind, effort)
    this.#current = effort
    const began = performance.now()
    await work()
    effort.seconds += (performance.now() - began) / 1000
    effort.count++
    this.#current = undefined
  }

  /** Presses a key or a chord, such as `Control+Enter`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key)
      if (this.#current) this.#current.keys++
    }
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text)
    if (this.#current) this.#current.letters += text.length
  }

  /** Moves the focus by Tab to the control with this accessible name or text, unless it is there. */
  async tabTo(name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let n = 0; n < MOST_TABS; n++) {
      const focused = await this.#page.evaluate<string>(
        '(({ activeElement: one }) => one?.getAttribute("aria-label") ?? one?.labels?.[0]?.textContent ?? one?.textContent ?? "")(document)',
      )
      if (name.test(focused.trim())) return
      await this.press(key)
    }
    throw new Error(`${String(name)} is not reached by ${MOST_TABS} presses of ${key}`)
  }
}

/** Figures for the output, rounded. */
export function shown({ count, keys, letters, seconds }: Effort) {
  return { count, keys, letters, seconds: Math.round(seconds * 100) / 100 }
}

export function sum(efforts: Iterable<Effort>): Effort {
  const total = { count: 0, keys: 0, letters: 0, seconds: 0 }
  for (const { count, keys, letters, seconds } of efforts) {
    total.count += count
    total.keys += keys
    total.letters += letters
    total.seconds += seconds
  }
  return total
}
