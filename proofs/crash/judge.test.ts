import { describe, expect, it } from 'vitest'
import { judge, type Facts } from './judge.ts'

/** Read mark and folder of a letter. */
const PLACE = { isRead: false, folders: ['Inbox'] }

/** Three letters of one thread, the last of them moved away, and two submissions. */
const good: Facts = {
  letters: [
    { number: 1, account: 'a', thread: 0, fate: 'readable', isMovedByOther: true },
    { number: 2, account: 'a', thread: 0, fate: 'readable' },
    { number: 3, account: 'a', thread: 0, fate: 'elsewhere', isMovedByOther: true },
  ],
  stored: [
    { id: 'm1', number: 1, account: 'a', isWhole: true, presence: 'present', isRead: true, folders: ['Inbox'] },
    { id: 'm2', number: 2, account: 'a', isWhole: true, presence: 'present', isRead: false, folders: ['Done'] },
  ],
  atServer: [
    { number: 1, folder: 'INBOX', isRead: true },
    { number: 2, folder: 'Done', isRead: false },
    { number: 3, folder: 'Other', isRead: true },
  ],
  actions: { moved: 1, marked: 1, unfinished: 0 },
  shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [1, 2] }],
  decided: new Map([['c1', 12]]),
  closedFolders: new Map([['a', 'Done']]),
  events: [
    { id: 10, subjectId: 'm1' },
    { id: 11, subjectId: 'm2' },
  ],
  heard: [9, 10, 11],
  accepted: [
    { id: 's1', number: 1 },
    { id: 's2', number: 2 },
  ],
  outbox: [
    { id: 's1', number: 1, account: 'a', messageId: 'o1', state: 'sent', reason: null },
    { id: 's2', number: 2, account: 'a', messageId: 'o2', state: 'sent', reason: null },
  ],
  arrivals: [
    { number: 1, messageId: 'o1' },
    { number: 2, messageId: 'o2' },
  ],
  sentCopies: [
    { account: 'a', number: 1 },
    { account: 'a', number: 2 },
  ],
  lyingElsewhere: new Set([3]),
  broken: new Map(),
  mishaps: [],
}

describe('the judge', () => {
  it('finds nothing when every promise was kept', () => {
    expect(judge(good)).toEqual({
      ...{
        delivered: 3,
        stored: 2,
        lost: 0,
        duplicates: 0,
        elsewhere: 1,
        events: 2,
        moved: 1,
        marked: 1,
        discarded: 0,
      },
      ...{
        submitted: 2,
        arrived: 2,
        twice: 0,
        surplusCopies: 0,
        unknown: 0,
        cutsAfterFinalDot: 0,
        why: [],
        faults: [],
      },
    })
  })

  it('counts letters that were moved away after they were stored like any other', () => {
    const stored = [
      ...good.stored,
      { id: 'm3', number: 3, account: 'a', isWhole: true, presence: 'elsewhere', isRead: false, folders: [] },
    ]
    const shown = [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [1, 2, 3] }]
    const facts = { ...good, stored, shown, events: [...good.events, { id: 12, subjectId: 'm3' }], heard: [10, 11, 12] }

    expect(judge(facts)).toMatchObject({ stored: 3, elsewhere: 1, faults: [] })
    expect(judge({ ...facts, events: good.events }).faults).toEqual(['letter 3 has 0 events'])
  })

  it('recognizes a letter that another client moved away, stored or not', () => {
    const moved = { id: 'm3', number: 3, account: 'a', isWhole: true, presence: 'present', ...PLACE }
    const fault = 'letter 3 is present but lies outside the folders that are read'
    expect(judge({ ...good, stored: [...good.stored, moved] }).faults).toContain(fault)
    // Counted as moved away before, wherever it was.
    expect(judge({ ...good, lyingElsewhere: new Set() }).faults).toEqual(['letter 3 is lost'])
    const gone = [{ ...good.stored[0]!, presence: 'gone' }, good.stored[1]!]
    expect(judge({ ...good, stored: gone }).faults).toEqual(['letter 1 is gone but lies in a folder that is read'])
  })

  it('allows a folder that another client or new mail explains', () => {
    const open = [{ conversationId: 'c1', status: 'open', place: 'inbox', numbers: [1, 2] }]
    expect(judge({ ...good, shown: open, decided: new Map() }).faults).toEqual([])
    expect(judge({ ...good, shown: open, decided: new Map([['c1', 10]]) }).faults).toEqual([])
    const stored = good.stored.map((row) => ({ ...row, isOvertaken: true }))
    expect(judge({ ...good, shown: open, stored }).faults).toEqual([])
    const later = good.stored.map((row) => ({ ...row, isLater: true }))
    expect(judge({ ...good, shown: open, stored: later }).faults).toEqual([])
  })

  it('allows a conversation whose letter was discarded in a folder that is not read', () => {
    const atServer = good.atServer.map((copy) => ({ ...copy, folder: 'Deleted Items' }))
    const fault = 'the conversation of letter 1 is in inbox, but should be in deleted'
    expect(judge({ ...good, atServer }).faults).toContain(fault)
    const letters = good.letters.map((each) => ({ ...each, wasOutside: true }))
    expect(judge({ ...good, atServer, letters }).faults).not.toContain(fault)
    const stored = good.stored.map((each) => ({ ...each, isOutside: true }))
    expect(judge({ ...good, atServer, stored }).faults).not.toContain(fault)
  })

  it('allows a conversation in the inbox whose last letter there was moved to a folder that is not read', () => {
    const atServer = good.atServer.map((copy) => ({ ...copy, folder: copy.number === 2 ? 'Done' : 'Deleted Items' }))
    const stored = good.stored.map((each) => (each.number === 2 ? { ...each, presence: 'gone' as const } : each))
    const fault = 'the conversation of letter 1 is in inbox, but should be in deleted'
    expect(judge({ ...good, atServer, stored }).faults).toContain(fault)
    const letters = good.letters.map((each) => (each.number === 2 ? { ...each, wasOutside: true } : each))
    expect(judge({ ...good, atServer, stored, letters }).faults).not.toContain(fault)
  })

  it('reads Sent: each sent submission lies there once', () => {
    expect(judge({ ...good, sentCopies: good.sentCopies.slice(1) }).faults).toEqual([
      'submission 1 has 0 copies in Sent',
    ])
    const doubled = [...good.sentCopies, { account: 'a', number: 2 }]
    expect(judge({ ...good, sentCopies: doubled })).toMatchObject({
      surplusCopies: 1,
      faults: ['submission 2 has 2 copies in Sent'],
    })
  })

  it.each<[string, Partial<Facts>, Partial<ReturnType<typeof judge>>, string]>([
    ['a letter is lost', { stored: good.stored.slice(1), shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [2] }] }, { lost: 1 }, 'letter 1 is lost'],
    ['a letter is stored twice', { stored: [...good.stored, { id: 'm9', number: 2, account: 'a', isWhole: true, presence: 'present', isRead: false, folders: ['Done'] }], events: [...good.events, { id: 12, subjectId: 'm9' }], heard: [10, 11, 12] }, { duplicates: 1 }, 'letter 2 is stored 2 times'],
    ['a letter is in another mailbox', { stored: [good.stored[0]!, { ...good.stored[1]!, account: 'b' }] }, {}, 'letter 2 is stored in a mailbox to which it was not delivered'],
    ['a letter has no text', { stored: [good.stored[0]!, { ...good.stored[1]!, isWhole: false }] }, {}, 'letter 2 is stored without its text'],
    ['a letter is not shown', { shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [1] }] }, {}, 'letter 2 is shown 0 times by the API'],
    ['a letter is shown twice', { shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [1, 2, 2] }] }, {}, 'letter 2 is shown 2 times by the API'],
    ['an event is missing', { events: good.events.slice(1) }, {}, 'letter 1 has 0 events'],
    ['an event is a duplicate', { events: [...good.events, { id: 12, subjectId: 'm2' }], heard: [10, 11, 12] }, {}, 'letter 2 has 2 events'],
    ['an event is not in the stream', { heard: [10] }, {}, 'event 11 appeared 0 times in the stream'],
    ['the stream contains an event twice', { heard: [10, 11, 11] }, {}, 'event 11 appeared 2 times in the stream'],
    ['a conversation is out of order', { shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [2, 1] }] }, {}, 'letter 1 follows letter 2'],
    ['a thread is split', { shown: [{ conversationId: 'c1', status: 'closed', place: 'inbox', numbers: [1] }, { conversationId: 'c2', status: 'closed', place: 'inbox', numbers: [2] }] }, {}, 'letter 2 is not in the conversation of its thread'],
    ['an accepted submission is gone', { outbox: good.outbox.slice(1), arrivals: good.arrivals.slice(1) }, {}, 'submission 1 was accepted but is not in the outbox'],
    ['a submission does not finish', { outbox: [good.outbox[0]!, { id: 's2', number: 2, account: 'a', messageId: 'o2', state: 'handed-over', reason: null }] }, {}, 'submission 2 did not finish: its state is handed-over (no reason)'],
    ['a submission failed', { outbox: [good.outbox[0]!, { id: 's2', number: 2, account: 'a', messageId: 'o2', state: 'failed', reason: 'x' }] }, {}, 'submission 2 did not finish: its state is failed (x)'],
    ['a submission is in the outbox twice', { outbox: [...good.outbox, { id: 's9', number: 2, account: 'a', messageId: 'o9', state: 'sent', reason: null }] }, {}, 'submission 2 has 2 entries in the outbox'],
    ['a submission was sent twice', { arrivals: [...good.arrivals, { number: 2, messageId: 'o9' }] }, { twice: 1 }, 'submission 2 arrived 2 times'],
    ['a message was sent twice', { arrivals: [...good.arrivals, { number: 2, messageId: 'o2' }] }, { twice: 1 }, 'Message-ID o2 arrived 2 times'],
    ['a submission never arrived', { arrivals: good.arrivals.slice(1) }, { arrived: 1 }, 'submission 1 is sent but never arrived'],
    ['a submission arrived that is in no outbox', { arrivals: [...good.arrivals, { number: 3, messageId: 'o3' }] }, {}, 'submission 3 arrived but is not in any outbox'],
    ['one is unknown without a reason', { outbox: [good.outbox[0]!, { id: 's2', number: 2, account: 'a', messageId: 'o2', state: 'unknown', reason: 'y' }] }, { unknown: 1 }, 'submission 2 is unknown, but no connection ended at its final dot'],
    ['a letter is gone from the mail server', { atServer: good.atServer.slice(1) }, {}, 'letter 1 is no longer on the mail server'],
    ['a letter is on the mail server twice', { atServer: [...good.atServer, good.atServer[0]!] }, {}, 'letter 1 lies on the mail server 2 times'],
    ['the folders differ', { atServer: [{ ...good.atServer[0]!, folder: 'Done' }, ...good.atServer.slice(1)] }, {}, 'letter 1 lies in Done, but is stored in Inbox'],
    ['the read marks differ', { atServer: [{ ...good.atServer[0]!, isRead: false }, ...good.atServer.slice(1)] }, {}, 'letter 1 is unread on the mail server, but not in Postkey'],
    ['no mailbox action moves a message', { actions: { ...good.actions, moved: 0 } }, {}, 'no mailbox action moved a message'],
    ['no mailbox action marks a message', { actions: { ...good.actions, marked: 0 } }, {}, 'no mailbox action marked a message as read'],
    ['a closed conversation has a letter elsewhere', { closedFolders: new Map([['a', 'Other']]) }, {}, 'letter 2 lies in Done, but its conversation is closed'],
    ['a reopened conversation has a letter elsewhere', { shown: [{ conversationId: 'c1', status: 'open', place: 'inbox', numbers: [1, 2] }] }, {}, 'letter 2 lies in Done, but its conversation is open'],
    ['a conversation is deleted with a letter elsewhere', { shown: [{ ...good.shown[0]!, place: 'deleted' }] }, { discarded: 1 }, 'the conversation of letter 1 is in deleted, but should be in inbox'],
    ['a conversation stays without a letter', { atServer: good.atServer.map((copy) => ({ ...copy, folder: 'Deleted Items' })) }, {}, 'the conversation of letter 1 is in inbox, but should be in deleted'],
    ['a mailbox action does not end', { actions: { ...good.actions, unfinished: 2 } }, {}, '2 mailbox actions have not ended'],
    ['a process ended by itself', { mishaps: ['worker 0 ended by itself'] }, {}, 'worker 0 ended by itself'],
  ])('reports %s', (_what, change, counts, fault) => {
    const verdict = judge({ ...good, ...change })

    expect(verdict.faults).toContain(fault)
    expect(verdict).toMatchObject(counts)
  }) // prettier-ignore

  it('allows unknown submissions whose connection ended at their dot, and reports the stage of each', () => {
    const [first] = good.outbox
    const unclear = {
      id: 's2',
      number: 2,
      account: 'a',
      messageId: 'o2',
      state: 'unknown',
      reason: 'submission.outcome_unclear',
    }
    const facts = { ...good, outbox: [first!, unclear], broken: new Map([['o2', 'after-dot']]) }

    expect(judge(facts)).toMatchObject({ unknown: 1, cutsAfterFinalDot: 1, faults: [] })
    expect(judge(facts).why).toEqual(['submission 2: submission.outcome_unclear, connection ended after-dot, arrived'])
    expect(judge({ ...facts, arrivals: good.arrivals.slice(0, 1) }).why[0]).toMatch(/did not arrive$/)
    expect(judge({ ...facts, broken: new Map([['o1', 'after-dot']]) }).faults).toHaveLength(1)
  })

  it('allows no more unknown submissions than connections that ended after the final dot', () => {
    const [first] = good.outbox
    const unclear = {
      id: 's2',
      number: 2,
      account: 'a',
      messageId: 'o2',
      state: 'unknown',
      reason: 'submission.outcome_unclear',
    }
    const facts = { ...good, outbox: [first!, unclear] }

    expect(judge({ ...facts, broken: new Map([['o2', 'at-dot']]) })).toMatchObject({
      cutsAfterFinalDot: 0,
      faults: ['1 submissions are unknown, but only 0 connections ended after a final dot'],
    })
    const both = new Map([
      ['o1', 'after-dot'],
      ['o2', 'at-dot'],
    ])
    expect(judge({ ...facts, broken: both })).toMatchObject({ unknown: 1, cutsAfterFinalDot: 1, faults: [] })
  })
})
