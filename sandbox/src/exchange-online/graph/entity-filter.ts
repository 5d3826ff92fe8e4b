import { GraphError } from './graph-error.ts'
import { type Comparison, type Filter, type Literal, type Operand, parseFilter } from './odata-filter.ts'
import { badQuery } from './odata-query.ts'

type Entity = Readonly<Record<string, unknown>>

/**
 * Evaluates a `$filter` over folders or people, one entity at a time. Text comparison ignores case.
 *
 * @param type name of the entity in errors
 */
export function entityFilter(text: string | undefined, type: string, properties: ReadonlySet<string>) {
  if (text === undefined) return () => true
  const names = new Map([...properties].map((name) => [name.toLowerCase(), name]))
  const filter = parseFilter(text)
  check(filter)
  return (entity: Entity) => matches(filter, entity)

  /** Refuses unsupported filters in advance, so that the evaluation cannot fail. */
  function check(node: Filter): void {
    switch (node.kind) {
      case 'and':
      case 'or':
        check(node.left)
        check(node.right)
        return
      case 'not':
        check(node.filter)
        return
      case 'property':
        nameOf({ path: node.path })
        return
      case 'any':
        throw invalidNodes()
      case 'compare':
        nameOf(node.left)
        if (!('literal' in node.right)) throw invalidNodes()
        return
      case 'function': {
        const [where, what] = node.arguments
        if (!/^(startswith|endswith|contains)$/.test(node.name) || node.arguments.length !== 2) throw invalidNodes()
        if (!where || !what || !('literal' in what) || typeof what.literal !== 'string') throw invalidNodes()
        nameOf(where)
      }
    }
  }

  function nameOf(operand: Operand): string {
    if (!('path' in operand)) throw invalidNodes()
    const name = names.get(operand.path.toLowerCase())
    if (name === undefined) {
      throw badQuery(`Could not find a property named '${operand.path}' on type 'microsoft.graph.${type}'.`)
    }
    return name
  }

  function matches(node: Filter, entity: Entity): boolean {
    switch (node.kind) {
      case 'and':
        return matches(node.left, entity) && matches(node.right, entity)
      case 'or':
        return matches(node.left, entity) || matches(node.right, entity)
      case 'not':
        return !matches(node.filter, entity)
      case 'property':
        return entity[nameOf({ path: node.path })] === true
      case 'any':
        return false
      case 'compare':
        return compares(node.operator, entity[nameOf(node.left)], (node.right as { literal: Literal }).literal)
      case 'function': {
        const [where, what] = node.arguments as [Operand, { literal: string }]
        const value = lower(entity[nameOf(where)])
        const wanted = what.literal.toLowerCase()
        if (typeof value !== 'string') return false
        if (node.name === 'startswith') return value.startsWith(wanted)
        return node.name === 'endswith' ? value.endsWith(wanted) : value.includes(wanted)
      }
    }
  }
}

function compares(operator: Comparison, left: unknown, right: Literal): boolean {
  const [one, other] = [lower(left) ?? null, lower(right) ?? null]
  if (operator === 'eq') return one === other
  if (operator === 'ne') return one !== other
  if (one === null || other === null || typeof one !== typeof other) return false
  if (operator === 'gt') return one > other
  if (operator === 'ge') return one >= other
  return operator === 'lt' ? one < other : one <= other
}

function lower(value: unknown): string | number | boolean | null | undefined {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value.toLowerCase() : (value as number | boolean | null | undefined)
}

function invalidNodes(): GraphError {
  return new GraphError(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.')
}
