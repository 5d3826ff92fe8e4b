import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Events, VisibleAccounts } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Address } from '../mail/index.ts'
import { createCustomers, type Customers } from './customers/customers.ts'
import { createErasedMail, type ErasureSeals } from './erasure/erased-mail.ts'
import { createErasureOfMail, type ErasureOfMail } from './erasure/erasure-of-mail.ts'
import { createDrafts, type Drafts } from './drafts/drafts.ts'
import type { MoveHook, ReceivedMailHook, SeenHook, SentMailHook } from './filing/filing-hooks.ts'
import { createMessageFiling, type MessageFiling } from './filing/message-filing.ts'
import { findCorrespondents } from './outgoing/correspondents.ts'
import { createOutgoingMail, type OutgoingMail } from './outgoing/outgoing-mail.ts'
import { createQuarantine, type Quarantine } from './quarantine/quarantine.ts'
import { createConversationReading, type ConversationReading } from './reading/conversation-reading.ts'
import { createStoredMessages, type StoredMessages } from './reading/stored-messages.ts'
import type { ReadText } from './search/phrase-check.ts'
import { createSearchIndex, type SearchIndex } from './search/search-index.ts'
import { createReads, type Reads } from './team/reads.ts'
import { createSnoozes, type Snoozes } from './team/snoozes.ts'
import { createConversationTags, type ConversationTags } from './tags/conversation-tags.ts'
import { createTags, type Tags } from './tags/tags.ts'
import { createClosings, type Closings, type ClosingService } from './team/closings.ts'
import { createBulkChanges, type BulkChanges } from './team/bulk-changes.ts'
import { createSavedViews, type SavedViews } from './views/saved-views.ts'
import { createTeamWork, type TeamWork } from './team/team-work.ts'
import { createConversationTokens } from './threading/conversation-tokens.ts'

/** The ports of this room. A caller takes those that it uses. */
export interface Conversations {
  filing: MessageFiling
  outgoing: OutgoingMail
  /** Suggestions of recipients. */
  correspondents: {
    find(input: { accounts: VisibleAccounts; searched: string; limit: number }): Promise<Address[]>
  }
  reading: ConversationReading
  messages: StoredMessages
  team: TeamWork
  /** The tags of the installation. */
  tags: Tags
  /** The tags of conversations. */
  tagging: ConversationTags
  /** Changes of many conversations at once. */
  bulk: BulkChanges
  /** Closing of all old conversations of a mailbox. */
  closings: Closings
  reads: Reads
  drafts: Drafts
  quarantine: Quarantine
  savedViews: SavedViews
  customers: Customers
  /** Erasure of people from stored mail. */
  erasure: ErasureOfMail
}

/** For programs without an audit log, such as most tests. */
const NO_AUDIT: AuditLog = { record: () => Promise.resolve() }

export function createConversations(deps: {
  database: Database
  clock: Clock
  events: Events
  /** Sign conversation tokens. Without them, answers to mail sent before a restart are found by Message-ID only. */
  secrets?: readonly Secret[]
  audit?: AuditLog | undefined
  /** Without it, no person can be erased. */
  erasureSeals?: ErasureSeals | undefined
  /** Extracts texts on threads, for searches for a phrase. */
  readText?: ReadText | undefined
  /** Receives errors of the search index. */
  onIndexError?: ((error: unknown) => void) | undefined
  /** Receives errors of the work that closes old conversations. */
  onClosingError?: ((error: unknown) => void) | undefined
  /** Receives errors of the work that ends snoozes. */
  onSnoozeError?: ((error: unknown) => void) | undefined
}): Conversations & { searchIndex: SearchIndex; snoozes: Snoozes; closingService: ClosingService } {
  const { database, clock, events, audit = NO_AUDIT } = deps
  const hooks: SentMailHook[] = []
  const receivedHooks: ReceivedMailHook[] = []
  const seenHooks: SeenHook[] = []
  const moveHooks: MoveHook[] = []
  const erasedMail = createErasedMail(deps.erasureSeals)
  const searchIndex = createSearchIndex({ database, clock, onError: deps.onIndexError })
  const shared = {
    database,
    clock,
    events,
    audit,
    hooks,
    receivedHooks,
    seenHooks,
    moveHooks,
    tokens: createConversationTokens(deps.secrets),
    searchIndex,
    erasedMail,
    readText: deps.readText,
  }

  const closingService = createClosings({ ...shared, onError: deps.onClosingError })
  const tagging = createConversationTags(shared)
  const reading = createConversationReading(shared)
  const reads = createReads({ ...shared, find: (id) => reading.find(id) })

  return {
    filing: createMessageFiling(shared),
    outgoing: createOutgoingMail(shared),
    correspondents: { find: (input) => findCorrespondents(database, input) },
    reading,
    reads,
    messages: createStoredMessages(shared),
    team: createTeamWork(shared),
    tags: createTags(shared),
    tagging,
    bulk: createBulkChanges({ ...shared, tagging, reads }),
    drafts: createDrafts(shared),
    quarantine: createQuarantine(shared),
    savedViews: createSavedViews(shared),
    customers: createCustomers(shared),
    erasure: createErasureOfMail(shared),
    closings: closingService.closings,
    closingService,
    searchIndex,
    snoozes: createSnoozes({ ...shared, onError: deps.onSnoozeError }),
  }
}
