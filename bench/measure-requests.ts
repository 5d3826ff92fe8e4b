/** Durations of requests, beside a server that gives the same answer without any work. */
import { percentile, type Bench } from './figures.ts'
import { repeat, type Answered, type Asker } from './requests.ts'
import type { startBareServer } from './stage.ts'

export type BareServer = Awaited<ReturnType<typeof startBareServer>>

/** Runs the requests at Postkey, then the same number at the bare server. */
export async function besideBare(
  { asker, bare }: { asker: Asker; bare: BareServer },
  times: number,
  atATime: number,
  ask: (asker: Asker, n: number) => Promise<Answered>,
): Promise<{ each: number[]; plain: number[] }> {
  let text = ''
  const { each } = await repeat(times, atATime, async (n) => {
    const answered = await ask(asker, n)
    text = answered.text
    return answered
  })
  await bare.answer(text)
  const { each: plain } = await repeat(times, atATime, (n) => ask(bare.asker, n))
  return { each, plain }
}

/** @param mostMs  target of the 99th percentile, if any */
export function tellPercentiles(
  { tell }: Pick<Bench, 'tell'>,
  name: string,
  { each, plain }: { each: readonly number[]; plain: readonly number[] },
  mostMs?: number,
): void {
  for (const percent of [50, 99]) {
    tell({
      ...{ name: `${name}, p${percent}`, value: percentile(each, percent), unit: 'ms' },
      baseline: percentile(plain, percent),
      ...(percent === 99 && mostMs !== undefined && { wanted: { atMost: mostMs } }),
    })
  }
}
