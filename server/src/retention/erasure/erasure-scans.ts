import { ACTION_TEXTS } from '../../account-actions/index.ts'
import { ALERT_TEXTS } from '../../alerts/index.ts'
import { AUDIT_TEXTS } from '../../audit/index.ts'
import { CONVERSATION_TEXTS } from '../../conversations/index.ts'
import type { TextScan } from '../../database/index.ts'
import { ACCOUNT_TEXTS } from '../../email-accounts/index.ts'
import { EVENT_TEXTS } from '../../events/index.ts'
import { INCIDENT_TEXTS } from '../../incidents/index.ts'
import { NOTIFICATION_TEXTS } from '../../notifications/index.ts'
import { LINK_TEXTS } from '../../people/index.ts'
import { SUBMISSION_TEXTS } from '../../submission/index.ts'
import { WEBHOOK_TEXTS } from '../../webhooks/index.ts'
import { WRITING_TEXTS } from '../../writing/index.ts'
import type { ErasedKind, RemainingKind } from './erasure-report.ts'

export type ErasureScan = { scan: TextScan } & ({ erased: ErasedKind } | { remaining: RemainingKind })

/**
 * Every table with texts from outside, in the order in which they are read after the mail was deleted. A test compares them
 * with all tables of the database, and with the JSON columns of these tables. New ones go to the end: a running erasure has the number of its step.
 */
export const ERASURE_SCANS: readonly ErasureScan[] = [
  { scan: NOTIFICATION_TEXTS, erased: 'notifications' },
  { scan: CONVERSATION_TEXTS.views, erased: 'views' },
  { scan: LINK_TEXTS, erased: 'invitations' },
  { scan: EVENT_TEXTS, erased: 'events' },
  { scan: AUDIT_TEXTS, erased: 'auditEntries' },
  { scan: ALERT_TEXTS.alerts, erased: 'alerts' },
  { scan: ALERT_TEXTS.deliveries, erased: 'alerts' },
  { scan: INCIDENT_TEXTS.incidents, erased: 'incidents' },
  { scan: INCIDENT_TEXTS.entries, erased: 'incidents' },
  { scan: INCIDENT_TEXTS.troubles, erased: 'incidents' },
  { scan: SUBMISSION_TEXTS.states, erased: 'states' },
  { scan: ACTION_TEXTS, erased: 'states' },
  { scan: ACCOUNT_TEXTS, erased: 'states' },
  { scan: CONVERSATION_TEXTS.messages, remaining: 'messages' },
  { scan: CONVERSATION_TEXTS.versions, remaining: 'versions' },
  { scan: CONVERSATION_TEXTS.attachments, remaining: 'attachments' },
  { scan: CONVERSATION_TEXTS.conversations, remaining: 'conversations' },
  { scan: CONVERSATION_TEXTS.notes, remaining: 'notes' },
  { scan: CONVERSATION_TEXTS.customerNotes, remaining: 'otherCustomerNotes' },
  { scan: CONVERSATION_TEXTS.drafts, remaining: 'otherDrafts' },
  { scan: SUBMISSION_TEXTS.submissions, remaining: 'otherSentMail' },
  { scan: WRITING_TEXTS.responses, remaining: 'cannedResponses' },
  { scan: WRITING_TEXTS.signatures, remaining: 'signatures' },
  { scan: WEBHOOK_TEXTS, erased: 'alerts' },
]
