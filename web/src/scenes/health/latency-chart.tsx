import { Text } from '@mantine/core'
import type { AccountHealth, Latency } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { clockTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { Lane } from './day-strip.tsx'
import classes from './day-strip.module.css'
import { GRID_MS, heightPercent, leftPercent } from './strip.ts'

/** Latency of mail per slot: median, with the slowest behind. */
export function LatencyChart({
  health,
  name,
  of,
  none,
}: {
  health: AccountHealth
  name: string
  of: 'receiving' | 'seen'
  none: string
}) {
  const { figures } = words.health
  const bars = health.slots.flatMap((slot) => {
    const latency = slot[of]
    return latency ? [{ at: slot.at, latency }] : []
  })
  const slotWidth = (health.slotMs / (Date.parse(health.to) - Date.parse(health.from))) * 100
  const total = health.total[of]
  return (
    <Lane name={name} kind="chart">
      <div
        className={classes.chart}
        data-empty={bars.length === 0 || undefined}
        role="img"
        aria-label={`${name}: ${total ? figures.half(durationWords(total.p50Ms), durationWords(total.maxMs)) : none}`}
      >
        {bars.length > 0 &&
          GRID_MS.map((ms) => (
            <div key={ms} className={classes.grid} style={{ bottom: `${heightPercent(ms)}%` }}>
              <span>{durationWords(ms)}</span>
            </div>
          ))}
        {bars.map(({ at, latency }) => {
          const place = { insetInlineStart: `${leftPercent(at, health)}%`, width: `${slotWidth * 0.8}%` }
          return (
            <span key={at} title={`${clockTime(new Date(at))}: ${latencyWords(latency)}`}>
              <i className={classes.most} style={{ ...place, height: `${heightPercent(latency.maxMs)}%` }} />
              <i className={classes.half} style={{ ...place, height: `${heightPercent(latency.p50Ms)}%` }} />
            </span>
          )
        })}
        {bars.length === 0 && (
          <Text size="xs" className={classes.empty}>
            {none}
          </Text>
        )}
      </div>
    </Lane>
  )
}

export function ChartLegend() {
  const { half, most } = words.health.chart
  return (
    <ul className={classes.legend}>
      <li>
        <i className={classes.half} /> {half}
      </li>
      <li>
        <i className={classes.most} /> {most}
      </li>
    </ul>
  )
}

function latencyWords({ p50Ms, maxMs }: Latency): string {
  return words.health.figures.half(durationWords(p50Ms), durationWords(maxMs))
}
