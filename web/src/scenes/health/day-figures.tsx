import { SimpleGrid } from '@mantine/core'
import type { AccountHealth, Latency } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { durationMs } from './event-lines.ts'

/** Figures of the day. */
export function DayFigures({ health }: { health: AccountHealth }) {
  const { completeUpTo, total, refreshes, errors, gaps } = health
  const { figures } = words.health
  const number = new Intl.NumberFormat(language)
  const latency = (of: Latency | undefined) => of && figures.half(durationWords(of.p50Ms), durationWords(of.maxMs))
  const isToday = Date.parse(health.now) < Date.parse(health.to)
  const gapsMs = gaps.reduce((sum, gap) => sum + durationMs(gap), 0)
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
      <Facts
        facts={[
          // Meaningless for a past day.
          [
            figures.completeUpTo,
            isToday ? completeUpTo ? <Time key="complete" at={completeUpTo} /> : figures.notYet : undefined,
          ],
          [figures.gaps, gapsMs === 0 ? figures.none : durationWords(gapsMs)],
          [figures.errors, errors.length === 0 ? figures.none : number.format(errors.length)],
          [figures.refreshes, refreshes.length === 0 ? figures.none : figures.times(refreshes.length)],
        ]}
      />
      <Facts
        facts={[
          [figures.received, number.format(total.received)],
          [figures.receiving, latency(total.receiving)],
          [figures.sent, number.format(total.sent)],
          [figures.sending, latency(total.seen)],
        ]}
      />
    </SimpleGrid>
  )
}
