import ICAL from 'ical.js'
import type { Address, Invitation } from '../mail/index.ts'
import type { Findings } from './bounds.ts'
import { oneLine } from './header.ts'
import { zoneNamed } from './windows-zones.ts'

const LONGEST_CALENDAR = 500_000
const MOST_ATTENDEES = 50
const LONGEST_TITLE = 500
const METHODS = ['request', 'reply', 'cancel', 'publish', 'counter'] as const

/** Returns the first event of a calendar part (RFC 5545, RFC 5546) as data for a card, and its text. */
export function findInvitation(
  text: string,
  findings: Findings,
): { invitation: Invitation; description: string | undefined } | undefined {
  if (text.length > LONGEST_CALENDAR || !/BEGIN:VCALENDAR/i.test(text)) {
    findings.defect('calendar_broken')
    return undefined
  }
  try {
    return read(new ICAL.Component(ICAL.parse(text.trim()) as unknown[]))
  } catch {
    // A defect in the calendar affects only this part, which stays attached.
    findings.defect('calendar_broken')
    return undefined
  }
}

function read(root: ICAL.Component): { invitation: Invitation; description: string | undefined } | undefined {
  const event = root.getFirstSubcomponent('vevent') ?? root.getFirstSubcomponent('vtodo')
  if (!event) return undefined
  const text = (name: string) => {
    const value = event.getFirstPropertyValue(name)
    return value === null ? undefined : oneLine(String(value)).slice(0, LONGEST_TITLE) || undefined
  }
  const said = String(root.getFirstPropertyValue('method') ?? 'publish').toLowerCase()
  const [start, end] = [momentOf(root, event, 'dtstart'), momentOf(root, event, 'dtend')]
  const attendees = event.getAllProperties('attendee')
  const organizer = event.getFirstProperty('organizer')
  const rule = event.getFirstPropertyValue('rrule')
  const duration = event.getFirstPropertyValue('duration')
  const description = event.getFirstPropertyValue('description')
  return {
    invitation: {
      method: METHODS.find((method) => method === said) ?? 'other',
      uid: text('uid'),
      title: text('summary') ?? '',
      startsAt: start?.at,
      endsAt: end?.at ?? after(start?.at, duration),
      wholeDay: start?.wholeDay ?? false,
      timeZone: start?.zone,
      recurrence: rule === null ? undefined : String(rule).slice(0, LONGEST_TITLE),
      place: text('location'),
      organizer: organizer ? addressOf(organizer) : undefined,
      attendees: attendees.slice(0, MOST_ATTENDEES).map((one) => ({
        ...addressOf(one),
        answer: parameterOf(one, 'partstat')?.toLowerCase().slice(0, 40),
      })),
      moreAttendees: Math.max(0, attendees.length - MOST_ATTENDEES),
    },
    description: description === null ? undefined : String(description),
  }
}

function addressOf(property: ICAL.Property): Address {
  const address = oneLine(String(property.getFirstValue() ?? '')).replace(/^mailto:/i, '')
  return {
    name: oneLine(parameterOf(property, 'cn') ?? '').slice(0, LONGEST_TITLE),
    address: address.slice(0, 320),
  }
}

/** Returns a parameter, or undefined when it is absent, which the types of the library don't express. */
function parameterOf(property: ICAL.Property, name: string): string | undefined {
  const found: unknown = property.getFirstParameter(name)
  return typeof found === 'string' ? found : undefined
}

interface Moment {
  at: string
  wholeDay: boolean
  zone: string | undefined
}

/** Returns a time in UTC, by the name of the zone (Outlook uses Windows names) or by the rules in the calendar. */
function momentOf(root: ICAL.Component, event: ICAL.Component, name: string): Moment | undefined {
  const property = event.getFirstProperty(name)
  const time = property?.getFirstValue()
  if (!property || !(time instanceof ICAL.Time)) return undefined
  if (time.isDate) return { at: time.toString(), wholeDay: true, zone: undefined }
  const tzid = parameterOf(property, 'tzid')
  if (!tzid) return { at: iso(time.toJSDate()), wholeDay: false, zone: time.zone.tzid === 'UTC' ? 'UTC' : undefined }
  const zone = zoneNamed(tzid)
  const local = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second)
  // Known names first: rules in the calendar are untrusted and may be made to be evaluated endlessly.
  if (zone) return { at: iso(new Date(local - offsetAt(zone, local))), wholeDay: false, zone }
  const rules = root.getAllSubcomponents('vtimezone').find((one) => one.getFirstPropertyValue('tzid') === tzid)
  // Real zones change once or twice a year. A rule that changes each second is an attack.
  const isSane = rules
    ?.getAllSubcomponents()
    .every((one) => /^FREQ=YEARLY\b|^null$/.test(String(one.getFirstPropertyValue('rrule'))))
  if (rules && isSane) time.zone = new ICAL.Timezone(rules)
  return {
    at: iso(isSane ? time.toJSDate() : new Date(local)),
    wholeDay: false,
    zone: isSane ? tzid.slice(0, 100) : undefined,
  }
}

function after(start: string | undefined, duration: unknown): string | undefined {
  if (start === undefined || !(duration instanceof ICAL.Duration)) return undefined
  const end = new Date(Date.parse(start) + duration.toSeconds() * 1000)
  return start.length === 10 ? iso(end).slice(0, 10) : iso(end)
}

function iso(time: Date): string {
  return time.toISOString()
}

/** Returns the UTC offset of a zone at a local time. */
function offsetAt(zone: string, local: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(new Date(local)) // prettier-ignore
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'), number('second')) - local // prettier-ignore
}
