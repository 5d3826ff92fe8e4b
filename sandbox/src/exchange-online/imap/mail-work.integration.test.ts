import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANNA, createImapWorld, type ImapWorld, type RawConnection } from '../../../test/imap-world.ts'

/** Changes mail by IMAP, and checks the result by Graph and by other clients. */
let world: ImapWorld
let line: RawConnection
beforeEach(async () => {
  world = await createImapWorld()
  line = await world.rawSignedIn()
})
afterEach(async () => {
  await world.close()
  expect(world.reported).toEqual([])
})

const inbox = () => world.mailStore.wellKnownFolder(ANNA, 'inbox').id
const archive = () => world.mailStore.wellKnownFolder(ANNA, 'archive').id

describe('the UIDs of messages', () => {
  it('change with a move in Outlook, and with the move back', async () => {
    const { key } = await world.receive('Wanderer')
    await world.receive('Other')
    world.mailStore.move(key, archive())
    world.mailStore.move(key, inbox())
    await line.ask('SELECT INBOX')
    const said = await line.ask('UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
    expect(
      [...said.matchAll(/UID (\d+)[^{]+\{\d+\}\r\nSubject: (\w+)/g)].map(([, uid, subject]) => [uid, subject]),
    ).toEqual([
      ['2', 'Other'],
      ['3', 'Wanderer'],
    ])
  })

  it('are unique for each copy and each appended message', async () => {
    await world.receive('One')
    await line.ask('SELECT INBOX')
    expect(await line.ask('UID COPY 1 INBOX')).toMatch(/T3 OK \[COPYUID \d+ 1 2\] COPY completed\.\r\n/)
    const source = 'Subject: Again\r\n\r\nx'
    for (const uid of [3, 4]) {
      const said = await line.ask(`APPEND INBOX (\\Seen) {${source.length}+}\r\n${source}`)
      expect(said).toMatch(new RegExp(`OK \\[APPENDUID \\d+ ${uid}\\] APPEND completed\\.`))
      expect(said).toContain(`* ${uid} EXISTS\r\n`)
    }
  })

  it('restart under a new UIDVALIDITY in a folder that is created again', async () => {
    await line.ask('CREATE Projects')
    const before = await line.ask('STATUS Projects (UIDVALIDITY UIDNEXT)')
    await line.ask('DELETE Projects')
    expect(await line.ask('STATUS Projects (UIDVALIDITY)')).toMatch(/NO Projects doesn't exist\./)
    await line.ask('CREATE Projects')
    expect(await line.ask('STATUS Projects (UIDVALIDITY UIDNEXT)')).not.toBe(before)
    const renamed = /UIDVALIDITY \d+/.exec(await line.ask('STATUS Projects (UIDVALIDITY)'))![0]
    await line.ask('RENAME Projects "Old/Projects"')
    await line.ask('CREATE Old')
    await line.ask('RENAME Projects "Old/Projects"')
    expect(await line.ask('STATUS "Old/Projects" (UIDVALIDITY)')).toContain(renamed)
  })

  it('follow the order of arrival for messages of an older file without UIDs', async () => {
    const [one, two] = [await world.receive('One'), await world.receive('Two')]
    world.database.run('DELETE FROM message_uids')
    world.database.run('DELETE FROM folder_uids')
    await line.ask('SELECT INBOX')
    expect([one, two].map(({ key }) => world.mailStore.imapEntry(key)?.uid)).toEqual([1, 2])
  })
})

describe('IMAP flags', () => {
  it('match those of Graph, in both directions', async () => {
    const { key } = await world.receive('One')
    await line.ask('SELECT INBOX')
    expect(await line.ask('STORE 1 +FLAGS (\\Seen \\Flagged \\Answered $MDNSent Custom)')).toMatch(
      /^\* 1 FETCH \(FLAGS \(\\Seen \\Answered \\Flagged \$MDNSent\)\)\r\nT3 OK STORE completed\.\r\n$/,
    )
    expect(world.mailStore.messageByKey(key)).toMatchObject({ isRead: true, flagStatus: 'flagged' })
    world.mailStore.updateFlags(key, { isRead: false, flagStatus: 'complete' })
    expect(await line.ask('NOOP')).toContain('* 1 FETCH (FLAGS (\\Answered $MDNSent))\r\n')
    expect(await line.ask('UID STORE 1 FLAGS.SILENT (\\Deleted)')).toBe('T5 OK STORE completed.\r\n')
    expect(await line.ask('FETCH 1 FLAGS')).toContain('FLAGS (\\Deleted)')
    expect(await line.ask('STORE 1 -FLAGS \\Deleted')).toContain('FLAGS ()')
    expect(await line.ask('STORE 1 FLAGS (\\Nonsense)')).toContain('BAD Command Argument Error. 11')
  })

  it('include \\Seen after a fetch, except by PEEK or in a folder opened with EXAMINE', async () => {
    const { key } = await world.receive('One')
    const isRead = () => world.mailStore.messageByKey(key)!.isRead
    await line.ask('EXAMINE INBOX')
    await line.ask('FETCH 1 BODY[]')
    await line.ask('SELECT INBOX')
    await line.ask('FETCH 1 (BODY.PEEK[] RFC822.HEADER)')
    expect(isRead()).toBe(false)
    expect(await line.ask('FETCH 1 (FLAGS BODY[TEXT])')).toContain('FLAGS (\\Seen)')
    expect(isRead()).toBe(true)
    await line.ask('EXAMINE INBOX')
    expect(await line.ask('STORE 1 +FLAGS (\\Flagged)')).toMatch(/NO /)
  })
})

describe('moving and removing mail by IMAP', () => {
  beforeEach(async () => {
    for (const subject of ['One', 'Two', 'Three']) await world.receive(subject)
    await line.ask('SELECT INBOX')
  })

  it('reports the new UIDs first', async () => {
    expect(await line.ask('UID MOVE 1,3 Archive')).toMatch(
      /^\* OK \[COPYUID \d+ 1,3 1:2\]\r\n\* 1 EXPUNGE\r\n\* 2 EXPUNGE\r\nT3 OK MOVE completed\.\r\n$/,
    )
    expect(world.mailStore.countsOf(archive()).totalItemCount).toBe(2)
    expect(await line.ask('UID MOVE 2 Nowhere')).toContain("NO [TRYCREATE] Nowhere doesn't exist.")
    expect(await line.ask('UID COPY 99 Archive')).toMatch(/^T5 OK COPY completed\.\r\n$/)
  })

  it('expunges only messages that are marked as deleted and in the UID set', async () => {
    await line.ask('STORE 1:2 +FLAGS.SILENT (\\Deleted)')
    expect(await line.ask('UID EXPUNGE 2:3')).toBe('* 2 EXPUNGE\r\nT4 OK EXPUNGE completed.\r\n')
    expect(await line.ask('EXPUNGE')).toBe('* 1 EXPUNGE\r\nT5 OK EXPUNGE completed.\r\n')
    await line.ask('STORE 1 +FLAGS.SILENT (\\Deleted)')
    expect(await line.ask('CLOSE')).toBe('T7 OK CLOSE completed.\r\n')
    expect(world.mailStore.countsOf(inbox()).totalItemCount).toBe(0)
    expect(await line.ask('FETCH 1 FLAGS')).toContain('BAD Command received in Invalid state.')
  })

  it('keeps a sequence number until the client can be notified of its removal', async () => {
    const other = await world.rawSignedIn()
    await other.ask('SELECT INBOX')
    await other.ask('UID STORE 1 +FLAGS (\\Deleted)')
    await other.ask('EXPUNGE')
    // RFC 3501 §7.4.1: no EXPUNGE with FETCH, STORE, SEARCH.
    expect(await line.ask('FETCH 2 UID')).toBe('* 2 FETCH (UID 2)\r\nT3 OK FETCH completed.\r\n')
    expect(await line.ask('FETCH 1 UID')).toBe('T4 OK FETCH completed.\r\n')
    expect(await line.ask('SEARCH ALL')).toBe('* SEARCH 2 3\r\nT5 OK SEARCH completed.\r\n')
    await world.receive('Four')
    expect(await line.ask('NOOP')).toBe('* 1 EXPUNGE\r\n* 3 EXISTS\r\n* 0 RECENT\r\nT6 OK NOOP completed.\r\n')
    expect(await line.ask('UNSELECT')).toContain('OK UNSELECT')
  })

  it('reports changes by Graph or another client in IDLE', async () => {
    line.send('A IDLE\r\n')
    await line.until(/\+ .*\r\n/)
    const keys = world.mailStore.uidsOf(inbox()).map(({ key }) => key)
    world.mailStore.updateFlags(keys[0]!, { isRead: true })
    expect(await line.until(/FETCH.*\r\n/)).toBe('* 1 FETCH (FLAGS (\\Seen))\r\n')
    world.mailStore.move(keys[1]!, archive())
    expect(await line.until(/EXPUNGE\r\n/)).toBe('* 2 EXPUNGE\r\n')
    await world.receive('Four')
    expect(await line.until(/RECENT\r\n/)).toBe('* 3 EXISTS\r\n* 0 RECENT\r\n')
    line.send('DONE\r\n')
    expect(await line.until(/A .*\r\n/)).toBe('A OK IDLE completed.\r\n')
  })
})

describe('message content over IMAP', () => {
  it('is available as a whole, in parts and in byte ranges', async () => {
    const source = 'Subject: Pieces\r\nContent-Type: text/plain\r\n\r\n0123456789'
    await world.receive('', { source })
    await line.ask('SELECT INBOX')
    expect(await line.ask('FETCH 1 BODY.PEEK[]')).toContain(`BODY[] {${source.length}}\r\n${source})\r\n`)
    expect(await line.ask('FETCH 1 BODY.PEEK[1]<2.3>')).toContain('BODY[1]<2> {3}\r\n234)')
    expect(await line.ask('FETCH 1 BODY.PEEK[TEXT]<8.99>')).toContain('BODY[TEXT]<8> {2}\r\n89)')
    expect(await line.ask('FETCH 1 BODY.PEEK[TEXT]<99.1>')).toContain('BODY[TEXT]<99> {0}\r\n)')
    expect(await line.ask('FETCH 1 BODY.PEEK[2]')).toContain('BODY[2] NIL)')
    expect(await line.ask('FETCH 1 (RFC822.HEADER RFC822.TEXT)')).toContain('RFC822.TEXT {10}\r\n0123456789)')
    expect(await line.ask('FETCH 1 BODYSTRUCTURE')).toContain(
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0 NIL NIL NIL NIL)',
    )
    expect(await line.ask('FETCH 1 FULL')).toMatch(
      /FLAGS \(\\Seen\) INTERNALDATE "[ \d]\d-[A-Z][a-z]{2}-\d{4} .*" RFC822\.SIZE \d+ ENVELOPE \(.*\) BODY \(.*\)\)\r\n/,
    )
  })

  it('has a size that Exchange only estimates', async () => {
    const { sizeBytes, key } = await world.receive('One')
    const real = (await world.mailStore.mime({ key })).length
    await line.ask('SELECT INBOX')
    expect(await line.ask('FETCH 1 RFC822.SIZE')).toContain(`RFC822.SIZE ${sizeBytes})`)
    expect(sizeBytes).not.toBe(real)
  })

  it('is appended with its flags and its date, after a continuation', async () => {
    const source = 'Subject: Draft\r\n\r\nx'
    line.send(`A APPEND Drafts (\\Draft \\Flagged) " 7-Nov-2026 09:05:00 +0100" {${source.length}}\r\n`)
    expect(await line.until(/\+.*\r\n/)).toBe('+ Ready for additional command text.\r\n')
    line.send(`${source}\r\n`)
    expect(await line.until(/A .*\r\n/)).toMatch(/A OK \[APPENDUID \d+ 1\] APPEND completed\.\r\n/)
    await line.ask('SELECT Drafts')
    expect(await line.ask('FETCH 1 (FLAGS INTERNALDATE)')).toContain(
      '(FLAGS (\\Flagged \\Draft) INTERNALDATE " 7-Nov-2026 08:05:00 +0000")',
    )
    expect(await line.ask('APPEND Nowhere {1+}\r\nx')).toContain("NO [TRYCREATE] Nowhere doesn't exist.")
  })
})

describe('an IMAP search', () => {
  beforeEach(async () => {
    await world.receive('Invoice', { source: 'From: Kim <kim@customer.example>\r\nTo: anna@contoso.example\r\nCc: c@x.example\r\nSubject: Rechnung f\xc3\xbcr Mai\r\nMessage-ID: <one@customer.example>\r\nX-Color: red\r\nDate: Thu, 1 Oct 2026 10:00:00 +0000\r\n\r\nPlease pay' }) // prettier-ignore
    const { key } = await world.receive('Second')
    world.mailStore.updateFlags(key, { isRead: true, flagStatus: 'flagged' })
    await line.ask('SELECT INBOX')
  })

  it.each([
    ['ALL', '1 2'],
    ['SEEN', '2'],
    ['UNSEEN', '1'],
    ['FLAGGED UNANSWERED', '2'],
    ['NOT SEEN', '1'],
    ['OR SEEN FROM kim@', '1 2'],
    ['FROM "Kim" TO anna', '1 2'],
    ['CC x.example', '1'],
    ['HEADER Message-ID "<one@customer.example>"', '1'],
    ['HEADER X-Color RED', '1'],
    ['HEADER X-Color ""', '1'],
    ['SUBJECT second', '2'],
    ['BODY "please PAY"', '1'],
    ['TEXT red', '1'],
    ['SENTBEFORE 2-Oct-2026', '1'],
    ['SENTON 1-Oct-2026', '1'],
    ['SINCE 1-Jan-2020 BEFORE 1-Jan-2021', ''],
    ['LARGER 100', '1 2'],
    ['SMALLER 100', ''],
    ['UID 2:*', '2'],
    ['1', '1'],
    ['(SEEN (FLAGGED)) UNDELETED', '2'],
    ['KEYWORD $MDNSent', ''],
    ['UNKEYWORD Custom', '1 2'],
    ['RECENT', ''],
  ])('%s finds “%s”', async (keys, found) => {
    expect(await line.ask(`SEARCH ${keys}`)).toContain(`* SEARCH${found && ` ${found}`}\r\n`)
    expect(await line.ask(`UID SEARCH ${keys}`)).toContain(`* SEARCH${found && ` ${found}`}\r\n`)
  })

  it('accepts non-ASCII words as a literal', async () => {
    const word = Buffer.from('f\u00fcr').toString('latin1')
    expect(await line.ask(`SEARCH CHARSET UTF-8 SUBJECT {${word.length}+}\r\n${word}`)).toContain('* SEARCH 1\r\n')
    expect(await line.ask('SEARCH CHARSET KOI8-R ALL')).toContain('NO [BADCHARSET')
  })
})

describe('IMAP folders', () => {
  it('are listed with their children, and matched by pattern', async () => {
    await line.ask('CREATE "INBOX/Orders/2026"')
    expect(await line.ask('LIST "" "INBOX*"')).toBe(
      [
        '* LIST (\\HasChildren) "/" INBOX',
        '* LIST (\\HasChildren) "/" "INBOX/Orders"',
        '* LIST (\\HasNoChildren) "/" "INBOX/Orders/2026"',
        'T3 OK LIST completed.',
        '',
      ].join('\r\n'),
    )
    expect(await line.ask('LIST "INBOX/" "%"')).toContain('"INBOX/Orders"\r\nT4')
    expect(await line.ask('LIST "" ""')).toContain('* LIST (\\Noselect) "/" ""')
    expect(await line.ask('LIST "" "*"')).not.toContain('\\Sent')
  })

  it('are subscribed until they are unsubscribed', async () => {
    expect(await line.ask('LSUB "" "Archive"')).toContain('* LSUB (\\HasNoChildren) "/" "Archive"')
    await line.ask('UNSUBSCRIBE Archive')
    expect(await line.ask('LSUB "" "Archive"')).toBe('T4 OK LSUB completed.\r\n')
    await line.ask('SUBSCRIBE archive')
    expect(await line.ask('LSUB "" "Archive"')).toContain('"Archive"')
  })

  it('have message counts in STATUS', async () => {
    await world.receive('One')
    expect(await line.ask('STATUS inbox (MESSAGES RECENT UIDNEXT UNSEEN)')).toContain(
      '* STATUS INBOX (MESSAGES 1 RECENT 0 UIDNEXT 2 UNSEEN 1)',
    )
    expect(await line.ask('STATUS INBOX (HIGHESTMODSEQ)')).toContain('BAD Command Argument Error. 11')
  })

  it.each([
    ['CREATE INBOX', 'NO Mailbox already exists.'],
    ['CREATE "Sent Items"', 'NO Mailbox already exists.'],
    ['DELETE INBOX', 'NO Cannot delete or rename this mailbox.'],
    ['RENAME Drafts Entwurf', 'NO Cannot delete or rename this mailbox.'],
    ['CREATE "&AAA-"', 'NO Mailbox name is invalid.'],
    ['SELECT Nowhere', "NO Nowhere doesn't exist."],
    ['RENAME Nowhere There', "NO Nowhere doesn't exist."],
  ])('refuse %s', async (command, answer) => {
    expect(await line.ask(command)).toContain(answer)
  })

  it('created by Graph appear at once, under their names in any script', async () => {
    const root = world.mailStore.wellKnownFolder(ANNA, 'msgfolderroot').id
    const folder = world.mailStore.addFolder(ANNA, root, 'B\u00fccher & Mehr')
    await world.receive('In it', { folder: folder.id })
    expect(await line.ask('SELECT "B&APw-cher &- Mehr"')).toContain('* 1 EXISTS')
  })
})
