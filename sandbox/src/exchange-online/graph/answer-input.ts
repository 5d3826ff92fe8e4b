import type { Address } from '../mail-store/index.ts'
import { actionParameters } from './action-parameters.ts'
import { GraphError } from './graph-error.ts'
import { JsonBody } from './json-body.ts'
import { type MessageInput, readMessage, readRecipients } from './message-input.ts'

/** Parameters of a reply. */
export interface AnswerInput {
  comment?: string
  /** Properties that replace those of the proposed message. */
  input?: MessageInput
}

export interface ForwardInput extends AnswerInput {
  to?: Address[]
}

/** @see https://learn.microsoft.com/graph/api/message-reply */
export function readAnswer(body: unknown): AnswerInput {
  return answerOf(new JsonBody(actionParameters(body ?? {}, ['comment', 'message']), 'createReplyAction'))
}

/**
 * Reads the parameters of `forward` and `createForward`. Without any, a draft has no recipients.
 *
 * @throws GraphError 400 for recipients in both places, or in neither; Microsoft documents the status, not the code
 * @see https://learn.microsoft.com/graph/api/message-createforward
 */
export function readForward(sent: unknown): ForwardInput {
  const names = ['comment', 'message', 'toRecipients']
  const body = new JsonBody(actionParameters(sent ?? {}, names), 'forwardAction')
  const answer = answerOf(body)
  const to = readRecipients(body.list('toRecipients'))
  if (to && answer.input?.content.to) {
    throw new GraphError(400, 'BadRequest', 'Specify either toRecipients or the toRecipients of the message, not both.')
  }
  if (!to && !answer.input?.content.to && names.some((name) => body.has(name))) {
    throw new GraphError(400, 'BadRequest', 'Specify toRecipients, or the toRecipients of the message.')
  }
  return { ...answer, ...(to && { to }) }
}

function answerOf(body: JsonBody): AnswerInput {
  const comment = body.text('comment')
  const message = body.member('message')
  const input = message === undefined ? undefined : readMessage(message)
  if (comment !== undefined && input?.content.body) {
    throw new GraphError(400, 'BadRequest', 'Specify either the comment or the body of the message, not both.')
  }
  return { ...(comment !== undefined && { comment }), ...(input && { input }) }
}
