/**
 * Conversations: messages that belong together, with assignee, status, notes and drafts. The only room that stores
 * messages. Owns `conversations`, `conversation_message_ids`, `messages`, `message_locations`, `message_sources`,
 * `message_versions`, `message_views`, `attachments`, `search_queue`, `search_entries`, `notes`, `customer_notes`,
 * `saved_views`, `drafts`, `draft_attachments`, `correspondents`, `conversation_reads`,
 * `conversation_mentions`, `conversation_followers`, `conversation_viewers`, `conversation_closings`,
 * `closed_conversations`, `tags`, `conversation_tags`, `erasure_key`, `erased_addresses`, `erased_messages` and
 * `erased_locations`. `sync` and `submission` file messages into it; `http`
 * presents it.
 */
export { createConversations, type Conversations } from './conversations.ts'
export type { Customer, CustomerNote, Customers } from './customers/customers.ts'
export { deleteDiscardedDrafts } from './drafts/discarded-drafts.ts'
export { ANNOUNCED_EVERY_MS } from './drafts/draft-announcements.ts'
export type { Drafts } from './drafts/drafts.ts'
export type { ListedDraft } from './drafts/listed-drafts.ts'
export {
  CONVERSATION_TEXTS,
  type ErasedPart,
  type EraseHooks,
  type ErasureOfMail,
  type MailToErase,
} from './erasure/erasure-of-mail.ts'
export type { ErasureSeals } from './erasure/erased-mail.ts'
export { allOwnAddresses } from './erasure/all-own-addresses.ts'
export { belongsTo, isToPersonAlone, type ErasedPerson } from './erasure/person.ts'
export type {
  FiledMessage,
  MoveHook,
  ReceivedMail,
  ReceivedMailHook,
  SeenHook,
  SentMailHook,
} from './filing/filing-hooks.ts'
export type { OwnMove } from './filing/own-moves.ts'
export type { MessageFiling } from './filing/message-filing.ts'
export type { AnswerEffect, StatusAfterAnswer } from './outgoing/answered.ts'
export type { OutgoingMail } from './outgoing/outgoing-mail.ts'
export type { Quarantine } from './quarantine/quarantine.ts'
export type { ReadAgain } from './quarantine/read-again.ts'
export type { Bounce } from './reading/bounces.ts'
export { MOST_COUNTED } from './reading/conversation-counts.ts'
export type { ConversationList, ListInput } from './reading/conversation-lists.ts'
export { MESSAGE_KINDS } from './reading/message-lists.ts'
export { CONVERSATION_VIEWS, type ConversationListView } from './reading/list-views.ts'
export type { ConversationReading, ConversationView } from './reading/conversation-reading.ts'
export {
  type ConversationFacts,
  isOutsideInbox,
  readConversationFacts,
  readReceivedFacts,
  type ReceivedFacts,
} from './reading/received-facts.ts'
export { mailTraffic, type SlotTraffic, type Traffic } from './reading/mail-traffic.ts'
export {
  type BatchSize,
  deleteOldConversations,
  type DeletedMail,
  FIRST as FIRST_OLD_POSITION,
  NO_DELETED_MAIL,
  type OldPosition,
  USUAL_BATCH,
} from './retention/old-conversations.ts'
export { deleteOldCorrespondents } from './retention/old-correspondents.ts'
export { countOldMail, countOldOnHold, countOldSources } from './retention/old-mail-counts.ts'
export { deleteOldSources } from './retention/old-sources.ts'
export { addUpSizes, NO_SIZES, type SizesSoFar, type StoredSizes } from './retention/stored-sizes.ts'
export { parseSearch, OPERATORS } from './search-language/parse-search.ts'
export { STATES as CONVERSATION_STATES, type ParsedSearch, type SearchContext } from './search-language/search-terms.ts'
export { wordsToMark } from './search-language/marked-words.ts'
export type { HitText } from './search/hit-texts.ts'
export type { SearchIndex, SearchQueueFigures } from './search/search-index.ts'
export type { StoredMessages } from './reading/stored-messages.ts'
export { accountOf, movedOutOf, shownIn } from './stored/account-of.ts'
export { isAtAddress } from './stored/address-condition.ts'
export { CONVERSATION_PLACES, MOST_HOLD_REASON } from './stored/conversation.ts'
export type {
  AnswerKind,
  Conversation,
  ConversationPlace,
  ConversationStatus,
  Draft,
  DraftAttachment,
  DraftContent,
  LegalHold,
  MessageHead,
  MessageVersion,
  Note,
  Presence,
  StoredAttachment,
  StoredMessage,
} from './stored/conversation.ts'
export { storable } from './stored/storable.ts'
export type { Reader, Reads, RowPeople, SeenBy } from './team/reads.ts'
export type { Snoozes } from './team/snoozes.ts'
export { TAG_COLORS, type Tag, type TagColor } from './tags/tag.ts'
export { MOST_CLOSING_COUNTED } from './team/closings.ts'
export type { ConversationClosing, Closings, ClosingService } from './team/closings.ts'
export type { BulkAction, BulkResult } from './team/bulk-action.ts'
export type { SavedView, SavedViewInput, SavedViews, ViewEditor } from './views/saved-views.ts'
export type { TeamWork } from './team/team-work.ts'
export type { Viewer, ViewerActivity, Viewers, ViewersChange } from './team/viewers.ts'
export type { FilingAccount } from './threading/filing-account.ts'
