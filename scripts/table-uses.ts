/** Finds the tables that TypeScript source names: in Kysely calls, in raw SQL and in types. */
import ts from 'typescript'

export type TableAccess = 'read' | 'write'

export interface TableUse {
  table: string
  access: TableAccess
  /** From 1. */
  line: number
}

/** Kysely methods that take tables as their first argument, each as `table` or `table as alias`. */
const METHODS: Readonly<Record<string, TableAccess>> = {
  selectFrom: 'read',
  innerJoin: 'read',
  leftJoin: 'read',
  rightJoin: 'read',
  fullJoin: 'read',
  crossJoin: 'read',
  using: 'read',
  insertInto: 'write',
  updateTable: 'write',
  deleteFrom: 'write',
  mergeInto: 'write',
}

/** Words of SQL that a table follows. */
const BEFORE_TABLE: Readonly<Record<string, TableAccess>> = {
  FROM: 'read',
  JOIN: 'read',
  USING: 'read',
  INTO: 'write',
  UPDATE: 'write',
  TRUNCATE: 'write',
}

/** Words that may stand between the word before a table and the table. */
const PASSED_OVER = new Set(['ONLY', 'LATERAL', 'TABLE'])

/** Words that end a list of tables. */
const AFTER_TABLES = new Set(
  'WHERE ON SET SELECT VALUES GROUP HAVING ORDER LIMIT FETCH FOR RETURNING UNION EXCEPT INTERSECT WINDOW'.split(' '),
)

/**
 * Uses of `tables` in one file. The row type `Schema['table']` counts as a read. A name for `sql.table`, its argument or the
 * value of a property `table`, counts as a write, because the statement around it is unknown.
 */
export function findTableUses(file: string, text: string, tables: ReadonlySet<string>): TableUse[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const uses: TableUse[] = []
  visit(source)
  return uses

  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) readCall(node)
    else if (ts.isIndexedAccessTypeNode(node) && node.objectType.getText() === 'Schema') {
      for (const name of stringsOf(node.indexType)) add(name, 'read', node)
    } else if (ts.isTaggedTemplateExpression(node)) {
      readSql(textOf(node.template), node, node.tag.getText().startsWith('sql'))
    } else if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent)) {
      readSql(textOf(node), node)
    } else if (ts.isStringLiteralLike(node) && !ts.isTaggedTemplateExpression(node.parent)) {
      readSql(node.text, node)
      if (isForSqlTable(node)) add(node.text, 'write', node)
    }
    ts.forEachChild(node, visit)
  }

  function readCall({ expression, arguments: [first] }: ts.CallExpression): void {
    const access = ts.isPropertyAccessExpression(expression) ? METHODS[expression.name.text] : undefined
    if (access === undefined || first === undefined) return
    const names = ts.isArrayLiteralExpression(first) ? [...first.elements] : [first]
    for (const name of names) {
      if (ts.isStringLiteralLike(name)) add(name.text.split(' ')[0]!, access, name)
    }
  }

  function readSql(sql: string, node: ts.Node, isSql = false): void {
    for (const { table, access } of tablesOfSql(sql, isSql)) add(table, access, node)
  }

  function add(table: string, access: TableAccess, node: ts.Node): void {
    if (!tables.has(table)) return
    uses.push({ table, access, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
  }
}

/** Tables of a piece of SQL. Unless `isSql`, only words in capitals count as SQL: the text may be prose. */
function tablesOfSql(text: string, isSql: boolean): { table: string; access: TableAccess }[] {
  const bare = text.replaceAll(/--[^\n]*/g, ' ').replaceAll(/'[^'\n]*'/g, ' ')
  const found: { table: string; access: TableAccess }[] = []
  const outer: State[] = []
  let state: State = {}
  let previous = ''
  for (const [token] of bare.matchAll(/[a-z_][\w.]*|[(),]/gi)) {
    const word = isSql ? token.toUpperCase() : token
    if (token === '(') {
      outer.push(state)
      state = {}
    } else if (token === ')') state = { list: outer.pop()?.list }
    else if (token === ',') state = { expects: state.list, list: state.list }
    else if (Object.hasOwn(BEFORE_TABLE, word)) {
      const access = previous === 'DELETE' ? 'write' : BEFORE_TABLE[word]!
      state = { expects: access, list: BEFORE_TABLE[word]! === 'read' ? 'read' : undefined }
    } else if (AFTER_TABLES.has(word)) state = {}
    else if (state.expects && !PASSED_OVER.has(word)) {
      found.push({ table: token.split('.').at(-1)!, access: state.expects })
      state = { list: state.list }
    }
    previous = word
  }
  return found
}

interface State {
  /** The next name is a table. */
  expects?: TableAccess | undefined
  /** Inside a list of tables: a comma is followed by another one. */
  list?: TableAccess | undefined
}

/** The text of a template, with a gap for each value. */
function textOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text
  return [template.head, ...template.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join(' ? ')
}

function isForSqlTable({ parent }: ts.StringLiteralLike): boolean {
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'table'
  return ts.isCallExpression(parent) && parent.expression.getText() === 'sql.table'
}

function stringsOf(type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(stringsOf)
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : []
}
