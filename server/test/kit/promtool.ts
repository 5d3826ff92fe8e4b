/** Tests of Prometheus rules by promtool, from scrapes of a real server. */
import { spawnSync } from 'node:child_process'

export const hasPromtool = spawnSync('promtool', ['--version']).status === 0

/** Values by series, such as `postkey_database_up{job="postkey",instance="a"}`. */
export type Samples = ReadonlyMap<string, number>

interface Series {
  series: string
  values: string
}

/** Output of promtool. @throws when it fails, with its output */
export function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`promtool exited with ${String(status)}: ${stdout}${stderr}`)
  return stdout + stderr
}

/**
 * Samples of a scrape, with the labels that Prometheus adds. Times are relative to `now`, because time starts at 0 in
 * promtool. The start of the process is left out: its tests have values of their own.
 */
export function readSamples(text: string, of: { wanted: (name: string) => boolean; now: Date }): Samples {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === '' || name === 'process_start_time_seconds' || !of.wanted(name)) continue
    const all = [labels, 'job="postkey"', 'instance="a"'].filter((each) => each !== '').join()
    const offset = name.endsWith('_timestamp_seconds') ? of.now.getTime() / 1000 : 0
    samples.set(`${name}{${all}}`, Number(value) - offset)
  }
  return samples
}

/** The same samples for an hour. */
export function constant(samples: Samples): Series[] {
  return [...samples].map(([series, value]) => ({ series, values: `${value}x60` }))
}

/** Ten minutes of the first samples, then the second ones. */
export function changed(before: Samples, after: Samples): Series[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((series) => ({
    series,
    values: `${before.get(series) ?? '_'}x9 ${after.get(series) ?? '_'}x50`,
  }))
}

/** A test that expects exactly these alerts at the end of some hours. */
export function promtoolTest(
  name: string,
  {
    series,
    fired,
    isUp = true,
    hours = 1,
  }: { series: readonly Series[][]; fired: readonly string[]; isUp?: boolean; hours?: number },
) {
  const up = { series: 'up{job="postkey",instance="a"}', values: `1x${60 * hours}` }
  return {
    name,
    interval: '1m',
    input_series: [...series.flat(), ...(isUp ? [up] : [])],
    promql_expr_test: [
      {
        expr: 'max by (alertname) (max_over_time(ALERTS{alertstate="firing"}[2h]))',
        eval_time: `${hours}h`,
        exp_samples: fired.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
      },
    ],
  }
}
