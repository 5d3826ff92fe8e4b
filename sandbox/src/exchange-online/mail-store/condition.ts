import type { SqlValue } from '../../kernel/database.ts'

/** Columns of `messages` allowed in a condition. The table stores times in milliseconds and booleans as 0 or 1. */
const COLUMNS = [
  'key',
  'folder_id',
  'immutable_id',
  'rest_id',
  'change_key',
  'conversation_id',
  'internet_message_id',
  'subject',
  'from_name',
  'from_address',
  'sender_name',
  'sender_address',
  'body_preview',
  'importance',
  'flag_status',
  'inference_classification',
  'is_read',
  'is_draft',
  'has_attachments',
  'is_delivery_receipt_requested',
  'is_read_receipt_requested',
  'size_bytes',
  'received_at',
  'sent_at',
  'created_at',
  'last_modified_at',
] as const
export type MessageColumn = (typeof COLUMNS)[number]

/** Compared without regard to (ASCII) case, as Exchange does. */
export const TEXT_COLUMNS = [
  'subject',
  'from_name',
  'from_address',
  'sender_name',
  'sender_address',
  'body_preview',
  'internet_message_id',
] as const satisfies readonly MessageColumn[]
export type TextColumn = (typeof TEXT_COLUMNS)[number]

/**
 * Condition on messages: a tree of comparisons, never SQL. Parsers of filter languages (OData, IMAP SEARCH) build one;
 * the store compiles it with every value bound.
 */
export type Condition =
  | { op: 'and' | 'or'; conditions: readonly Condition[] }
  | { op: 'not'; condition: Condition }
  | {
      op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
      column: MessageColumn
      /** The table stores a missing sender as `''`, so `null` compares as `''`. */
      value: string | number | boolean | null
    }
  | { op: 'contains' | 'startsWith' | 'endsWith'; column: TextColumn; value: string }
  /** One of the message's categories, or the stored body. */
  | { op: 'hasCategory' | 'bodyContains'; value: string }

export interface SqlCondition {
  sql: string
  values: SqlValue[]
}

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const
/** SQLite refuses expressions nested deeper than 1,000; parentheses and NOT use several levels each. */
const DEEPEST = 100

/**
 * Compiles a condition over the table `messages` (alias `m`). Column names are checked against the list above despite
 * their types, as the last protection against SQL injection.
 */
export function filterToSql(condition: Condition): SqlCondition {
  const values: SqlValue[] = []

  function column(name: MessageColumn): string {
    if (!COLUMNS.includes(name)) throw new TypeError('not a column that can be compared')
    return `m.${name}`
  }

  function text(name: TextColumn): string {
    if (!TEXT_COLUMNS.includes(name)) throw new TypeError('not a column of text')
    return `lower(m.${name})`
  }

  function compile(node: Condition, depth: number): string {
    if (depth > DEEPEST) throw new RangeError('the condition is nested too deeply')
    switch (node.op) {
      case 'and':
      case 'or':
        return junction(node.op, node.conditions, depth)
      case 'not':
        return `NOT ${compile(node.condition, depth + 1)}`
      case 'contains':
        values.push(lowerAscii(node.value))
        return `(instr(${text(node.column)}, ?) > 0)`
      case 'startsWith':
        values.push(lowerAscii(node.value), lowerAscii(node.value))
        return `(substr(${text(node.column)}, 1, length(?)) = ?)`
      case 'endsWith':
        values.push(...Array.from({ length: 3 }, () => lowerAscii(node.value)))
        // `substr(x, -0)` returns all of x, so the empty suffix is handled separately.
        return `(? = '' OR substr(${text(node.column)}, -length(?)) = ?)`
      case 'hasCategory':
        values.push(node.value)
        return '(EXISTS (SELECT 1 FROM json_each(m.categories) WHERE value = ? COLLATE NOCASE))'
      case 'bodyContains':
        values.push(lowerAscii(node.value))
        return `(EXISTS (SELECT 1 FROM message_contents c WHERE c.message_key = m.key AND instr(lower(c.body), ?) > 0))`
      default: {
        const operator = COMPARISONS[node.op]
        const isText = (TEXT_COLUMNS as readonly string[]).includes(node.column)
        values.push(typeof node.value === 'boolean' ? Number(node.value) : (node.value ?? ''))
        return `(${column(node.column)} ${operator} ?${isText ? ' COLLATE NOCASE' : ''})`
      }
    }
  }

  function junction(op: 'and' | 'or', conditions: readonly Condition[], depth: number): string {
    if (conditions.length === 0) return op === 'and' ? '(1)' : '(0)'
    return `(${conditions.map((each) => compile(each, depth + 1)).join(op === 'and' ? ' AND ' : ' OR ')})`
  }

  return { sql: compile(condition, 0), values }
}

/** Same result as SQLite's `lower()`: only A to Z. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
