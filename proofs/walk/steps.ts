/** Steps of a walk, each with its name and time, so that a failure says where it was. */
export interface Steps {
  <T>(name: string, work: () => Promise<T>): Promise<T>
  readonly taken: readonly { name: string; ms: number }[]
  /** The one that is taken now, or was the last. */
  readonly current: string
}

/** The step at which the walk ended, and why. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: string

  constructor(step: string, cause: unknown, log: string) {
    super(`${cause instanceof Error ? cause.message : String(cause)}${log && `\n${log}`}`, { cause })
    this.step = step
  }
}

export function createSteps(prefix: string, say: (line: string) => void): Steps {
  const taken: { name: string; ms: number }[] = []
  let current = `${prefix}start`
  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    current = prefix + name
    const began = performance.now()
    const result = await work()
    const ms = Math.round(performance.now() - began)
    taken.push({ name: current, ms })
    say(`${current} (${ms} ms)`)
    return result
  }
  return Object.defineProperties(step, {
    taken: { value: taken },
    current: { get: () => current },
  }) as Steps
}

export function expectThat(isSo: boolean, sentence: string, found: unknown): void {
  if (!isSo) throw new Error(`expected that ${sentence}; found ${JSON.stringify(found)}`)
}
