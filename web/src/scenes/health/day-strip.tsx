import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountHealth } from '../../api/client.ts'
import { clockTime } from '../../components/time-text.ts'
import { language, words } from '../../words/index.ts'
import classes from './day-strip.module.css'
import { gathered, hourMarks, leftPercent, timeBefore, widthPercent } from './strip.ts'

/** Narrower bands have no room for their label; the legend has it. */
const ROOM_FOR_A_WORD = 12
const ROOM_ON_A_PHONE = 30
const MARKS_APART = 1.2
const TICKS_APART = 0.25

/**
 * A day as a strip: states as bands, refreshes as ticks, errors and recoveries as marks of different shapes, gaps. A
 * single image for screen readers with a text alternative; tables next to it contain the same data.
 */
export function DayStrip({ health, children }: { health: AccountHealth; children?: ReactNode }) {
  const { lanes, marks } = words.health
  const incidents = [
    ...health.errors.map(({ at, reason }) => ({ at, mark: 'error' as const, text: reason.title })),
    ...health.recoveries.map(({ at }) => ({ at, mark: 'recovery' as const, text: marks.recovery })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return (
    <div className={classes.strip}>
      <div role="img" aria-label={pictureOf(health)} className={classes.lanes}>
        <Lane name={lanes.state} kind="bands">
          {health.states.map((span) => {
            const width = widthPercent(span, health)
            return (
              <div
                key={span.from}
                className={classes.band}
                data-state={span.state}
                style={{ insetInlineStart: `${leftPercent(span.from, health)}%`, width: `${width}%` }}
                title={spanWords(span)}
              >
                {width >= ROOM_FOR_A_WORD && (
                  <span className={classes.word} data-roomy={width >= ROOM_ON_A_PHONE || undefined}>
                    {words.states[span.state]}
                  </span>
                )}
              </div>
            )
          })}
          <NotYet health={health} />
          <Now health={health} />
        </Lane>
        <Lane name={lanes.refreshes} kind="ticks">
          {gathered(health.refreshes, health, TICKS_APART).map(({ left, marks: [first] }) => (
            <i
              key={left}
              className={classes.tick}
              style={{ insetInlineStart: `${left}%` }}
              title={clockOf(first!.at)}
            />
          ))}
        </Lane>
        <Lane name={lanes.events} kind="marks">
          {(['error', 'recovery'] as const).flatMap((kind) =>
            gathered(
              incidents.filter(({ mark }) => mark === kind),
              health,
              MARKS_APART,
            ).map(({ left, marks: [first, ...more] }) => (
              <i
                key={`${kind} ${left}`}
                className={classes.mark}
                data-mark={kind}
                style={{ insetInlineStart: `${left}%` }}
                title={`${clockOf(first!.at)} ${words.health.marksOf(first!.text, more.length + 1)}`}
              />
            )),
          )}
        </Lane>
        <Lane name={lanes.gaps} kind="gaps">
          {health.gaps.map((gap) => (
            <i
              key={gap.from}
              className={classes.gap}
              style={{ insetInlineStart: `${leftPercent(gap.from, health)}%`, width: `${widthPercent(gap, health)}%` }}
              title={words.health.span(marks.gap, clockOf(gap.from), clockOf(gap.to))}
            />
          ))}
        </Lane>
      </div>
      {children}
      <Hours health={health} />
    </div>
  )
}

/** A labeled row of the chart. */
export function Lane({ name, kind, children }: { name: string; kind: string; children: ReactNode }) {
  return (
    <div className={classes.lane}>
      <Text component="span" className={classes.name} aria-hidden>
        {name}
      </Text>
      <div className={classes.track} data-kind={kind}>
        {children}
      </div>
    </div>
  )
}

/** The part of the first day before the connection, labeled instead of left blank. */
function NotYet({ health }: { health: AccountHealth }) {
  const before = timeBefore(health)
  if (!before) return undefined
  const width = widthPercent(before, health)
  return (
    <div
      className={classes.band}
      data-state="not-yet"
      style={{ insetInlineStart: 0, width: `${width}%` }}
      title={words.health.span(words.health.notYet, clockOf(before.from), clockOf(before.to))}
    >
      {width >= ROOM_FOR_A_WORD && (
        <span className={classes.word} data-roomy={width >= ROOM_ON_A_PHONE || undefined}>
          {words.health.notYet}
        </span>
      )}
    </div>
  )
}

function Now({ health }: { health: AccountHealth }) {
  if (Date.parse(health.now) >= Date.parse(health.to) || Date.parse(health.now) < Date.parse(health.from))
    return undefined
  return (
    <i
      className={classes.now}
      style={{ insetInlineStart: `${leftPercent(health.now, health)}%` }}
      title={`${words.health.marks.now}: ${clockOf(health.now)}`}
    />
  )
}

function Hours({ health }: { health: AccountHealth }) {
  return (
    <div className={classes.lane} aria-hidden>
      <span className={classes.name} />
      <div className={classes.hours}>
        {hourMarks(health).map(({ at, left }, n) => (
          <span key={left} data-minor={n % 2 === 1 || undefined} style={{ insetInlineStart: `${left}%` }}>
            {at.getHours()}
          </span>
        ))}
      </div>
    </div>
  )
}

/** Meanings of the signs that are present. */
export function Legend({ health }: { health: AccountHealth }) {
  const { marks } = words.health
  const states = [...new Set(health.states.map(({ state }) => state))]
  return (
    <ul className={classes.legend}>
      {states.map((state) => (
        <li key={state}>
          <i className={classes.band} data-state={state} />
          {words.states[state]}
        </li>
      ))}
      {timeBefore(health) && (
        <li>
          <i className={classes.band} data-state="not-yet" />
          {words.health.notYet}
        </li>
      )}
      {health.refreshes.length > 0 && (
        <li>
          <i className={classes.tick} /> {marks.refresh}
        </li>
      )}
      {health.errors.length > 0 && (
        <li>
          <i className={classes.mark} data-mark="error" /> {marks.error}
        </li>
      )}
      {health.recoveries.length > 0 && (
        <li>
          <i className={classes.mark} data-mark="recovery" /> {marks.recovery}
        </li>
      )}
      {health.gaps.length > 0 && (
        <li>
          <i className={classes.gap} /> {marks.gap}
        </li>
      )}
    </ul>
  )
}

function pictureOf(health: AccountHealth): string {
  const { states, refreshes, errors, gaps } = health
  const before = timeBefore(health)
  const first = before ? [words.health.span(words.health.notYet, clockOf(before.from), clockOf(before.to))] : []
  const listed = new Intl.ListFormat(language).format([...first, ...states.map(spanWords)])
  return words.health.picture(listed, refreshes.length, errors.length, gaps.length)
}

function spanWords({ state, from, to }: AccountHealth['states'][number]): string {
  return words.health.span(words.states[state], clockOf(from), clockOf(to))
}

function clockOf(at: string): string {
  return clockTime(new Date(at))
}
