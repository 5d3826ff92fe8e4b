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
/**
 * Properties and variables whose strings users read, by folder: API documentation, errors, explanations of Microsoft's
 * codes, faults of the sandbox. Lists and records of strings are included.
 */
const SUMMARY_PROPERTIES: readonly (readonly [folder: string, properties: ReadonlySet<string>])[] = [
  ['server/src/http/', new Set(['summary', 'description', 'expected', 'fix'])],
  ['server/src/cli/', new Set(['sentence'])],
  ['server/src/variables.ts', new Set(['sentence'])],
  ['server/src/errors/', new Set(['title', 'fix'])],
  ['server/src/error-map/', new Set(['cause', 'where'])],
  ['server/src/cloud-providers/', new Set(['purpose'])],
  ['sandbox/src/faults/', new Set(['title', 'what', 'reveals', 'evidence', 'hint', 'label', 'EVIDENCE'])],
  ['sandbox/src/control-panel/', new Set(['title', 'hint', 'label', 'message'])],
  ['sandbox/src/outside/', new Set(['title', 'hint', 'label'])],
  ['sandbox/src/portal/site/', new Set(['title', 'subtitle', 'hint', 'label', 'explanation'])],
  ['proofs/drill/plan.ts', new Set(['ABSORBED'])],
]
/** Functions whose string arguments are messages, by folder. */
const MESSAGE_FUNCTIONS: readonly (readonly [folder: string, functions: ReadonlySet<string>])[] = [
  ['sandbox/src/', new Set(['FaultsError', 'OutsideError', 'Refusal', 'SignInFault', 'refuse', 'goOn'])],
  ['proofs/', new Set(['expectThat'])],
]
/** Folders in which `html` templates contain texts of the sandbox, not of Microsoft. */
const PAGES = ['control-panel/', 'faults/', 'outside/', 'portal/site/'].map((folder) => `sandbox/src/${folder}`)
/** Elements inside a sentence; all other tags separate texts. */
const INLINE_TAG = /<\/?(?:a|b|bdi|code|em|i|output|span|strong|time)\b[^>]*>/g

/**
 * Returns the prose of a TypeScript file.
 *
 * @param file path from the top of the repository; files below `web/src/words` and catalogs (`texts.ts`) of the server
 *   contain UI texts
 */
export function proseTexts(file: string, text: string): ProseText[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const isTest = file.includes('.test.')
  const isWords = (file.startsWith('web/src/words/') && !isTest) || CATALOG.test(file)
  const isPage = !isTest && PAGES.some((folder) => file.startsWith(folder))
  const [summaries, messages] = [SUMMARY_PROPERTIES, MESSAGE_FUNCTIONS].map((list) =>
    isTest ? undefined : list.find(([folder]) => file.startsWith(folder))?.[1],
  )
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
    if (
      (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) &&
      summaries?.has(node.name.getText(source))
    ) {
      for (const value of stringsOf(node.initializer)) add('summary', value)
    }
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && messages?.has(lastName(node.expression))) {
      for (const argument of node.arguments ?? []) for (const value of stringsOf(argument)) add('summary', value)
    }
    if (isPage && ts.isTaggedTemplateExpression(node) && node.tag.getText(source) === 'html') addHtml(node.template)
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

  /** Adds the texts between the tags of an `html` template; a parameter becomes `…`. */
  function addHtml(template: ts.TemplateLiteral): void {
    const start = template.getStart(source)
    let markup = template.getText(source).slice(1, -1)
    const spans = ts.isTemplateExpression(template) ? [...template.templateSpans] : []
    for (const { expression, literal } of spans.reverse()) {
      const [from, to] = [expression.getFullStart() - start - 3, literal.getStart(source) - start]
      // The same length, so that offsets stay valid.
      markup = markup.slice(0, from) + '…'.padEnd(to - from) + markup.slice(to)
    }
    const blank = (tag: string) => tag.replace(/[^\n]/g, ' ')
    for (const match of markup.replace(INLINE_TAG, blank).matchAll(/(?:^|>)([^<>]+)/g)) {
      const text = match[1]!.trim()
      if (!/\p{L}/u.test(text)) continue
      const at = start + 1 + match.index + match[0].indexOf(text)
      strings.push({ kind: 'ui', line: lineOf(at), start: at, end: at + text.length, text: text.replace(/\s+/g, ' ') })
    }
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

/** Strings of a value: itself, or the elements of a list, a record or a conditional expression. */
function stringsOf(value: ts.Expression | undefined): ts.Expression[] {
  if (value === undefined) return []
  if (ts.isArrayLiteralExpression(value)) return value.elements.flatMap(stringsOf)
  if (ts.isObjectLiteralExpression(value)) {
    return value.properties.flatMap((each) => (ts.isPropertyAssignment(each) ? stringsOf(each.initializer) : []))
  }
  if (ts.isConditionalExpression(value)) return [value.whenTrue, value.whenFalse].flatMap(stringsOf)
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) {
    return stringsOf(value.expression)
  }
  return [value]
}

/** Name of a called function or method: `f` of `f()`, `new f()` and `a.f()`. */
function lastName(callee: ts.Expression): string {
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text
  return ts.isIdentifier(callee) ? callee.text : ''
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
