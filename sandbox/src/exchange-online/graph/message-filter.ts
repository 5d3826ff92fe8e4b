import type { Condition, MessageColumn, MessageQuery, TextColumn } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { accessDenied } from './mail-permissions.ts'
import {
  type Comparison,
  type Filter,
  type Literal,
  type Operand,
  parseFilter,
  listProperties,
} from './odata-filter.ts'
import { badQuery, type ODataQuery } from './odata-query.ts'

type Type = 'text' | 'word' | 'time' | 'boolean'

const COLUMNS: Record<string, { column: MessageColumn; type: Type }> = {
  subject: { column: 'subject', type: 'text' },
  bodypreview: { column: 'body_preview', type: 'text' },
  internetmessageid: { column: 'internet_message_id', type: 'text' },
  'from/emailaddress/address': { column: 'from_address', type: 'text' },
  'from/emailaddress/name': { column: 'from_name', type: 'text' },
  'sender/emailaddress/address': { column: 'sender_address', type: 'text' },
  'sender/emailaddress/name': { column: 'sender_name', type: 'text' },
  conversationid: { column: 'conversation_id', type: 'word' },
  parentfolderid: { column: 'folder_id', type: 'word' },
  importance: { column: 'importance', type: 'word' },
  inferenceclassification: { column: 'inference_classification', type: 'word' },
  'flag/flagstatus': { column: 'flag_status', type: 'word' },
  isread: { column: 'is_read', type: 'boolean' },
  isdraft: { column: 'is_draft', type: 'boolean' },
  hasattachments: { column: 'has_attachments', type: 'boolean' },
  isreadreceiptrequested: { column: 'is_read_receipt_requested', type: 'boolean' },
  isdeliveryreceiptrequested: { column: 'is_delivery_receipt_requested', type: 'boolean' },
  receiveddatetime: { column: 'received_at', type: 'time' },
  sentdatetime: { column: 'sent_at', type: 'time' },
  createddatetime: { column: 'created_at', type: 'time' },
  lastmodifieddatetime: { column: 'last_modified_at', type: 'time' },
}

const ORDERS: Record<string, NonNullable<MessageQuery['orderBy']>[number]['column']> = {
  receiveddatetime: 'received_at',
  sentdatetime: 'sent_at',
  createddatetime: 'created_at',
  lastmodifieddatetime: 'last_modified_at',
  subject: 'subject',
}

const SEARCHES = { contains: 'contains', startswith: 'startsWith', endswith: 'endsWith' } as const
const FLIPPED: Record<Comparison, Comparison> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }

/** Converts filter and order of a message list into a query of the mail store. */
export function toMessageQuery(query: ODataQuery, basicOnly: boolean): Pick<MessageQuery, 'where' | 'orderBy'> {
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter)
  // A caller without access to the body must not find its words by filtering.
  if (filter && basicOnly && listProperties(filter).some((name) => name.startsWith('body'))) throw accessDenied()
  if (filter) refuseInefficient(filter, query.orderBy)
  const orderBy = query.orderBy.map(({ property, descending }) => {
    const column = ORDERS[property.toLowerCase()]
    if (column) return { column, descending }
    if (property.toLowerCase() in COLUMNS) {
      throw new GraphError(501, 'notSupported', `The sandbox cannot sort messages by '${property}'.`)
    }
    throw unknownProperty(property)
  })
  return {
    ...(filter && { where: conditionOf(filter) }),
    orderBy: orderBy.length > 0 ? orderBy : [{ column: 'received_at', descending: true }],
  }
}

/**
 * Refuses a sort order that Exchange does not support: each property of `$orderby` must be in `$filter`, in the same
 * order and before all others.
 *
 * @see https://learn.microsoft.com/graph/api/user-list-messages#using-filter-and-orderby-in-the-same-query
 */
function refuseInefficient(filter: Filter, orderBy: ODataQuery['orderBy']): void {
  const filtered = listProperties(filter)
  if (orderBy.every(({ property }, i) => filtered[i] === property.toLowerCase())) return
  throw new GraphError(400, 'InefficientFilter', 'The restriction or sort order is too complex for this operation.')
}

function conditionOf(filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { op: filter.kind, conditions: termsOf(filter, filter.kind).map(conditionOf) }
    case 'not':
      return { op: 'not', condition: conditionOf(filter.filter) }
    case 'property':
      return comparison('eq', { path: filter.path }, true)
    case 'function':
      return search(filter.name, filter.arguments)
    case 'any':
      return category(filter)
    case 'compare': {
      const { operator, left, right } = filter
      if ('literal' in right) return comparison(operator, left, right.literal)
      if ('literal' in left) return comparison(FLIPPED[operator], right, left.literal)
      throw invalidNodes()
    }
  }
}

/** Flattens `a and b and c` into a list of three, for either associativity of the tree. */
function termsOf(filter: Filter, kind: 'and' | 'or'): Filter[] {
  const terms: Filter[] = []
  let rest = filter
  while (rest.kind === kind) {
    terms.push(rest.right)
    rest = rest.left
  }
  return [...terms, rest].reverse()
}

function comparison(operator: Comparison, operand: Operand, literal: Literal): Condition {
  // For example `contains(subject,'x') eq true`.
  if ('function' in operand) {
    if (typeof literal !== 'boolean' || (operator !== 'eq' && operator !== 'ne')) throw invalidNodes()
    const condition = search(operand.function, operand.arguments)
    return literal === (operator === 'eq') ? condition : { op: 'not', condition }
  }
  if (!('path' in operand)) throw invalidNodes()
  const { column, type } = columnOf(operand.path)
  switch (type) {
    case 'time':
      if (!(literal instanceof Date)) throw wrongType(operator)
      // Times are compared in whole seconds, as they are shown.
      return inSeconds(operator, column, Math.floor(literal.getTime() / 1000) * 1000)
    case 'boolean':
      if (typeof literal !== 'boolean') throw wrongType(operator)
      return { op: operator, column, value: literal }
    case 'word':
    case 'text':
      if (typeof literal !== 'string' && literal !== null) throw wrongType(operator)
      return { op: operator, column, value: literal }
  }
}

function inSeconds(operator: Comparison, column: MessageColumn, second: number): Condition {
  const next = second + 1000
  switch (operator) {
    case 'ge':
    case 'lt':
      return { op: operator, column, value: second }
    case 'gt':
      return { op: 'ge', column, value: next }
    case 'le':
      return { op: 'lt', column, value: next }
    case 'eq':
    case 'ne': {
      const condition: Condition = {
        op: 'and',
        conditions: [
          { op: 'ge', column, value: second },
          { op: 'lt', column, value: next },
        ],
      }
      return operator === 'eq' ? condition : { op: 'not', condition }
    }
  }
}

function search(name: string, operands: Operand[]): Condition {
  const [where, what] = operands
  const op = SEARCHES[name as keyof typeof SEARCHES] as (typeof SEARCHES)[keyof typeof SEARCHES] | undefined
  if (op === undefined || operands.length !== 2 || !where || !('path' in where) || !what || !('literal' in what)) {
    throw invalidNodes()
  }
  if (typeof what.literal !== 'string') throw invalidNodes()
  if (op === 'contains' && where.path.toLowerCase() === 'body/content') {
    return { op: 'bodyContains', value: what.literal }
  }
  const { column, type } = columnOf(where.path)
  if (type !== 'text') throw invalidNodes()
  return { op, column: column as TextColumn, value: what.literal }
}

/** `categories/any(c:c eq 'Red')`. As at Microsoft, other collections of a message cannot be filtered. */
function category({ path, variable, filter }: Extract<Filter, { kind: 'any' }>): Condition {
  if (path.toLowerCase() !== 'categories' || filter.kind !== 'compare') throw invalidNodes()
  const { operator, left, right } = filter
  if (!('path' in left) || left.path !== variable || !('literal' in right) || typeof right.literal !== 'string') {
    throw invalidNodes()
  }
  if (operator !== 'eq') throw invalidNodes()
  return { op: 'hasCategory', value: right.literal }
}

function columnOf(path: string): { column: MessageColumn; type: Type } {
  const known = Object.hasOwn(COLUMNS, path.toLowerCase()) ? COLUMNS[path.toLowerCase()] : undefined
  if (!known) throw unknownProperty(path)
  return known
}

function unknownProperty(path: string): GraphError {
  return badQuery(`Could not find a property named '${path}' on type 'microsoft.graph.message'.`)
}

function wrongType(operator: Comparison): GraphError {
  return badQuery(
    `Invalid filter clause: A binary operator with incompatible types was detected for operator kind '${operator}'.`,
  )
}

function invalidNodes(): GraphError {
  return new GraphError(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.')
}
