/**
 * Where a fault can show: each point is one place in Entra ID, Graph, IMAP or SMTP that asks "is there a fault here?",
 * and gets an effect as data. What the effect looks like on the wire is that place's business.
 */

/** Entra ID refuses, with a row of its table of errors. */
export interface Refusal {
  /** The AADSTS number. */
  code: number
  /** For the places in the row's message. */
  values?: Readonly<Record<string, string>>
  /** A claims challenge, as a JSON string: to be sent back verbatim. */
  claims?: string
  /** What this answer says instead of the table. */
  instead?: { error?: string; suberror?: string; status?: number }
  headers?: Readonly<Record<string, string>>
  /** At the authorization endpoint: on a page of Microsoft's, when the table would send it back to the client. */
  onPage?: boolean
}

/** Graph refuses. */
export interface GraphRefusal {
  status: number
  code: string
  message: string
  headers?: Readonly<Record<string, string>>
}

/** The answer as such is disturbed, whatever it would have been. */
export type Disturbance =
  | { kind: 'answer'; status: number; contentType: string; body: string; headers?: Readonly<Record<string, string>> }
  /** The connection ends before anything was done. */
  | { kind: 'cut' }
  /** No answer, until the caller gives up. */
  | { kind: 'hang' }
  /** All is done, and the connection ends before the answer. */
  | { kind: 'cut-after' }
  /** The answer ends in the middle. */
  | { kind: 'truncate' }

export interface NotificationHabits {
  drop?: boolean
  twice?: boolean
  delayMs?: number
  clientState?: string
}

/** What a mail server does in place of an answer. */
export type ImapTrouble =
  | { kind: 'refuse'; status: 'NO' | 'BAD'; text: string; then?: 'bye' }
  /** Goodbye, and the connection ends. */
  | { kind: 'bye'; text: string }
  /** The connection ends without a word. */
  | { kind: 'cut' }
  /** Nothing comes, until the client gives up. */
  | { kind: 'hang' }

/** What a mail server does in place of an answer to a client that sends. */
export type SmtpTrouble =
  /** `550 5.1.8 …`; after a 421 it closes. */
  | { kind: 'reply'; reply: string }
  /** The connection ends without a word. */
  | { kind: 'cut' }
  /** Nothing comes, until the client gives up. */
  | { kind: 'hang' }

/** What a fault may do at each point. */
export interface Effects {
  /** Any request of a program or a browser to the login host, before anything of it is looked at. */
  'entra.request': Disturbance | Refusal
  /** Discovery and the key set. */
  'entra.metadata': Disturbance
  /** Whether the tenant of the address exists. */
  'entra.tenant': Refusal
  /** Whether the application exists and may be used at this address. */
  'entra.client': Refusal
  /** Whether the redirect URI is registered. */
  'entra.redirect-uri': Refusal
  /** The secret or certificate by which a client proves itself; `bornAt` is its start. */
  'entra.credential': Refusal
  /** Whether the application may act in the tenant. */
  'entra.application': Refusal
  /** Whether the account exists. */
  'entra.account': Refusal
  /** Whether the account may sign in, or go on with what it was given at `bornAt`. */
  'entra.person': Refusal
  /** Whether a browser's session still counts; `bornAt` is when the password was typed. */
  'entra.session': 'ended'
  /** The age of a refresh token; `bornAt` is when its line began. */
  'entra.refresh-token': Refusal
  /** Whether the resource is there. */
  'entra.resource': Refusal
  /** Conditional Access and its like, when all else is good; `bornAt` is when the line of tokens began. */
  'entra.policy': Refusal
  /** What the sign-in pages must see of a second factor. */
  'entra.second-factor': 'required'
  /** What is asked before consent given earlier counts. */
  'entra.consent': 'ask-again' | 'only-admins-decide' | 'admins-approve-anew'
  /** Whether consent still stands for what was given at `bornAt`. */
  'entra.consented': Refusal
  /** How long an access token is good. */
  'entra.lifetime': { seconds: number }
  /** An access token is issued that nobody can read. */
  'entra.opaque': true
  /** A refresh token was asked for and is not given. */
  'entra.no-refresh-token': true
  /** What a refresh token that was used before comes to. */
  'entra.rotation': 'strict'
  /** Tokens were issued and are on their way. */
  'entra.answer': 'cut'
  /** Something was signed, or keys were read, after a rotation. */
  'entra.signing-key': 'rotated'
  /** A person approves a device. */
  'entra.device': Refusal
  /** What the `Date` header says. */
  'entra.date': { aheadMs: number }
  'graph.date': { aheadMs: number }

  /** Any request to Graph whose token is good. */
  'graph.request': Disturbance | GraphRefusal
  /** The access token; `bornAt` is when it was made. */
  'graph.token': { code: string; notBefore: number }
  /** Whether the mailbox can be opened. */
  'graph.mailbox': GraphRefusal
  /** Where a delta goes on from; `bornAt` is when its link was made. */
  'graph.delta': { code: 'resyncRequired' | 'syncStateNotFound' }
  /** Whether a delta tells what came since; `bornAt` is when its link was made, or now for a round begun anew. */
  'graph.delta-news': { since: number }
  /** Something is written into the mailbox. */
  'graph.write': GraphRefusal
  /** A message is about to be sent; `sizeBytes` is its size. */
  'graph.send': GraphRefusal
  /** In another's name. */
  'graph.send-as': 'denied'
  /** The message is on its way. */
  'graph.sent': { copyDelayMs?: number; cut?: boolean }
  /** A subscription is looked up by its client. */
  'graph.subscription': 'lost'
  /** A change is about to be told. */
  'graph.notification': NotificationHabits
  /** Said once, when the fault is switched on, for each subscription that it concerns. */
  'graph.lifecycle': 'missed' | 'subscriptionRemoved' | 'reauthorizationRequired'

  /** A client has connected to IMAP and hears the greeting. */
  'imap.connection': ImapTrouble
  /** Greeting and capabilities, which differ between front ends and over the years. */
  'imap.variant': 'classic' | 'imap4rev2'
  'imap.sign-in-delay': { ms: number }
  /** Whether a good token opens IMAP. */
  'imap.sign-in': ImapTrouble
  /** What a client is told of a refused token before the NO, as JSON. */
  'imap.challenge': string
  /** Whether the mailbox of a good token can be used. */
  'imap.mailbox': 'not-connected'
  /** How many sessions one mailbox may have. */
  'imap.sessions': { most: number }
  /** Any command of a session that is signed in. */
  'imap.command': ImapTrouble
  /** How long after the sign-in its token counts. */
  'imap.token': { afterMs: number }
  /** How long a client may say nothing. */
  'imap.silence': { afterMs: number }
  /** A client waits for news and there are some. */
  'imap.idle': 'silent'
  /** Folders are listed with what they are for. */
  'imap.special-use': 'shown'
  /** Folders are listed: names that are added to those there are, as they go over the wire. */
  'imap.folder-list': readonly string[]
  /** A folder is looked at whose numbers were given anew when the fault was switched on. */
  'imap.renumbered': { since: number; firstUid: number }
  'imap.uid-validity': 'zero'
  'imap.uid-next': 'missing'
  /** What is said of a message's size. */
  'imap.size': (bytes: number) => number
  /** A message's content comes as nothing, or as the words by which Exchange says so. */
  'imap.content': 'nothing' | 'stub'
  /** The connection ends after so many bytes of content. */
  'imap.cut': { afterBytes: number }
  'imap.drip': { bytes: number; everyMs: number }

  /** A client has connected to SMTP and waits for the greeting. */
  'smtp.connection': SmtpTrouble
  /** What EHLO does not offer. */
  'smtp.ehlo': { without: readonly ('AUTH' | 'XOAUTH2' | 'STARTTLS')[] }
  /** How long each answer takes. */
  'smtp.delay': { ms: number }
  /** The token is good and the mailbox its own. */
  'smtp.sign-in': SmtpTrouble
  /** MAIL FROM and RCPT TO; `named` is the address. */
  'smtp.sender': SmtpTrouble
  'smtp.recipient': SmtpTrouble
  /** In another's name: refused at MAIL FROM, or when the message is there. */
  'smtp.send-as': { at: 'sender' | 'message' }
  /** The connection ends in the middle of the message, 0 in place of `354`: the client has not sent the final dot. */
  'smtp.upload': { afterBytes: number }
  /** The final dot has come; nothing was done yet. `sizeBytes` is the message's. */
  'smtp.message': SmtpTrouble
  /** The message is on its way, and the client waits for the answer. */
  'smtp.taken': SmtpTrouble
  /** The copy in Sent Items. */
  'smtp.copy': { delayMs: number } | 'none'
}

export type Point = keyof Effects

/** What is being done, for whom. A fault switched on for less than everything needs to know it. */
export interface Subject {
  /** The call that is answered, as one writes it down: `token (refresh_token)`, `GET /me/messages`. */
  call: string
  tenantId?: string | undefined
  /** Who signs in, or in whose name Graph is called. */
  userId?: string | undefined
  /** The same person's account at home, when it is another. */
  homeUserId?: string | undefined
  /** Client id of the application. */
  appId?: string | undefined
  mailboxId?: string | undefined
  /** When what is being looked at was made; faults that spare what is newer than they are go by it. */
  bornAt?: number | undefined
  /** By what the client proves itself. */
  proof?: 'secret' | 'certificate' | undefined
  sizeBytes?: number | undefined
  /** Of the token request. */
  grantType?: string | undefined
  /** `tenant`, or the alias in the address. */
  authority?: 'tenant' | 'common' | 'organizations' | 'consumers' | undefined
  /** Whether the person has one. */
  hasSecondFactor?: boolean | undefined
  /** The mailbox as the address of the request calls it. */
  named?: string | undefined
  /** Which part of Graph is called. */
  area?: GraphArea | undefined
  /** What a client of IMAP wants. */
  command?: string | undefined
}

export type GraphArea = 'delta' | 'read' | 'write' | 'send' | 'subscriptions' | 'other'
