/** Extracts the prose of a TypeScript file: comments, test titles, API summaries and UI texts. */
import ts from 'typescript'

export type TextKind = 'doc' | 'comment' | 'title' | 'summary' | 'ui'

export interface ProseText {
  kind: TextKind
  /** 1-based line of its first character. */
  line: number
  /** Offset in the file, including the delimiters (`//`, quotes). */
  start: number
  end: number
  /** Text without delimiters and without the `*` before each line; line breaks are kept. */
  text: string
}

/** Catalog of a room: all its strings are texts for users. */
const CATALOG = /^server\/src\/.*\/texts\.ts$/

/** Functions whose first string is a test title; `it.each(…)(title)` included. */
const TEST_FUNCTIONS = new Set(['describe', 'it', 'test'])
/** Properties whose strings users read, by folder: API documentation, errors, explanations of Microsoft's codes. */
const SUMMARY_PROPERTIES: readonly (readonly [folder: string, properties: ReadonlySet<string>])[] = [
  ['server/src/http/', new Set(['summary', 'description', 'expected', 'fix'])],
  ['server/src/cli/', new Set(['sentence'])],
  ['server/src/config.ts', new Set(['sentence'])],
  ['server/src/errors/', new Set(['title', 'fix'])],
  ['server/src/error-map/', new Set(['cause', 'where'])],
  ['server/src/cloud-providers/', new Set(['purpose'])],
]

/**
 * Returns the prose of a TypeScript file.
 *
 * @param file path from the top of the repository; files below `web/src/words` and catalogs (`texts.ts`) of the server
 *   contain UI texts
 */
export function proseTexts(file: string, text: string): ProseText[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const isWords = (file.startsWith('web/src/words/') && !file.includes('.test.')) || CATALOG.test(file)
  const summaries = file.includes('.test.')
    ? undefined
    : SUMMARY_PROPERTIES.find(([folder]) => file.startsWith(folder))?.[1]
  const comments = new Map<number, ts.CommentRange>()
  const strings: ProseText[] = []
  visit(source)
  return [...commentTexts(text, [...comments.values()], lineOf), ...strings].sort((a, b) => a.start - b.start)

  function visit(node: ts.Node): void {
    if (node.kind !== ts.SyntaxKind.JsxText) {
      for (const range of ts.getLeadingCommentRanges(text, node.pos) ?? []) comments.set(range.pos, range)
      if (node === source || node.parent.kind !== ts.SyntaxKind.JsxElement) {
        for (const range of ts.getTrailingCommentRanges(text, node.end) ?? []) comments.set(range.pos, range)
      }
    }
    if (ts.isCallExpression(node) && TEST_FUNCTIONS.has(calledName(node.expression))) add('title', node.arguments[0])
    if (ts.isCallExpression(node) && isSchemaDescription(node)) add('summary', node.arguments[0])
    if (ts.isPropertyAssignment(node) && summaries?.has(node.name.getText(source))) {
      add('summary', node.initializer)
    }
    if (
      isWords &&
      (ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node))
    ) {
      if (isShown(node)) add('ui', node)
    }
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child)
  }

  function add(kind: TextKind, node: ts.Node | undefined): void {
    if (!node) return
    const literal = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.getText(source).slice(1, -1)
        : ''
    if (literal === '') return
    const start = node.getStart(source)
    strings.push({ kind, line: lineOf(start), start, end: node.end, text: literal })
  }

  function lineOf(position: number): number {
    return source.getLineAndCharacterOfPosition(position).line + 1
  }
}

/** A description of a zod schema, which the API documentation shows: `z.string().describe('…')`. */
function isSchemaDescription({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'describe'
}

/** Returns `false` for strings that code compares or imports: keys, API values, paths. */
function isShown(node: ts.Node): boolean {
  const { parent } = node
  const isKey = ts.isPropertyAssignment(parent) && parent.name === node
  return !isKey && !ts.isCaseClause(parent) && !ts.isImportDeclaration(parent) && !ts.isExportDeclaration(parent)
}

/** First name of a call chain such as `it`, `it.each(…)` or `describe.skipIf(…)`. */
function calledName(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee) || ts.isTaggedTemplateExpression(callee)) {
    return calledName(ts.isTaggedTemplateExpression(callee) ? callee.tag : callee.expression)
  }
  return ''
}

/** Texts of comments. Adjacent `//` lines with the same indentation form one text. */
function commentTexts(text: string, ranges: ts.CommentRange[], lineOf: (position: number) => number): ProseText[] {
  const texts: ProseText[] = []
  for (const { pos, end, kind } of ranges.sort((a, b) => a.pos - b.pos)) {
    const raw = text.slice(pos, end)
    const last = texts.at(-1)
    if (kind === ts.SyntaxKind.MultiLineCommentTrivia) {
      const content = raw
        .replace(/^\/\*\*?/, '')
        .replace(/\*\/$/, '')
        .split('\n')
        .map((line, at) => (at === 0 ? line : line.replace(/^\s*\*? ?/, '')).trimEnd())
        .join('\n')
        .trim()
      texts.push({ kind: raw.startsWith('/**') ? 'doc' : 'comment', line: lineOf(pos), start: pos, end, text: content })
    } else if (raw.startsWith('//')) {
      const content = raw.replace(/^\/\/ ?/, '').trimEnd()
      const between = last && text.slice(last.end, pos)
      if (
        last?.kind === 'comment' &&
        between !== undefined &&
        /^\r?\n[ \t]*$/.test(between) &&
        isAlone(text, pos) &&
        isAlone(text, last.start)
      ) {
        last.end = end
        last.text += `\n${content}`
      } else texts.push({ kind: 'comment', line: lineOf(pos), start: pos, end, text: content })
    }
  }
  return texts
}

/** Returns true if only whitespace precedes the comment on its line. */
function isAlone(text: string, start: number): boolean {
  return /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))
}
