/** `@postkey/client`: the API of Postkey for programs, without dependencies. */
export type { Routes } from './generated/routes.ts'
export type * as Schemas from './generated/types.gen.ts'
export { type Caller, createPostkeyClient, type PostkeyClient } from './client.ts'
export {
  type ConnectResult,
  ConnectResultError,
  type ConnectResultFault,
  type ReceivedConnectResult,
  verifyConnectResult,
} from './connect-results.ts'
export { type ClientCode, PostkeyError, type PostkeyErrorDetails, type Remedy } from './errors.ts'
export type { EventsOptions } from './events.ts'
export type {
  AnswerOf,
  CallOptions,
  EventKind,
  EventOf,
  EventPattern,
  Input,
  InputOf,
  ItemOf,
  KeyedCallOptions,
  Method,
  PagedPath,
  PostkeyEvent,
} from './routes.ts'
export type { PostkeyClientOptions } from './transport.ts'
export { verifyWebhook, WebhookError, type WebhookFault, type WebhookRequest } from './webhook-verification.ts'
