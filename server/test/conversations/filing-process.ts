/**
 * A process that stores a message and then indexes it, until it is killed. Reports each step to its parent. Arguments:
 * URL of the database, id and address of the mailbox, text of the message.
 */
import { createConversations } from '../../src/conversations/index.ts'
import { createDatabase } from '../../src/database/index.ts'
import { createEvents } from '../../src/events/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
import { customerMessage } from '../kit/customer-message.ts'

const [url, id, address, text] = process.argv.slice(2) as [string, EmailAccountId, string, string]
const database = await createDatabase(url)
const conversations = createConversations({ database, clock: systemClock, events: createEvents(database) })
const message = customerMessage(systemClock, process.pid, { body: { type: 'text', content: text } })
const account = { id, address, createdAt: systemClock.now() }
await database.transaction((tx) => conversations.filing.file(tx, account, message))
process.send!('stored')
await conversations.searchIndex.drain()
process.send!('indexed')
