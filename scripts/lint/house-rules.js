/** ESLint rules of our own: what no published rule says. */

const TODO = /\b(TODO|FIXME|XXX)\b(?!\s*\(?#\d+)/

const todoNamesAnIssue = {
  meta: {
    type: 'suggestion',
    messages: { bare: '{{word}} without an issue number: write "{{word}} #12: …" or do it.' },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const word = TODO.exec(comment.value)?.[1]
          if (word) context.report({ loc: comment.loc, messageId: 'bare', data: { word } })
        }
      },
    }
  },
}

/** An IMAP client whose errors nobody hears ends the process, and every mailbox with it: one factory makes them all. */
const oneImapClient = {
  meta: {
    type: 'problem',
    messages: { made: 'Make IMAP clients by createImapClient: it listens to their errors before anything can happen.' },
  },
  create(context) {
    const check = (node) => {
      const { callee } = node
      const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name
      if (name === 'ImapFlow') context.report({ loc: node.loc, messageId: 'made' })
    }
    return {
      NewExpression: check,
      ClassDeclaration({ superClass, loc }) {
        if (superClass?.name === 'ImapFlow') context.report({ loc, messageId: 'made' })
      },
    }
  },
}

/** What these modules make emits `error` whenever it likes, and ends the process when no listener hears it. */
const EMITTERS = {
  'node:net': ['connect', 'createConnection', 'createServer', 'Socket'],
  'node:tls': ['connect', 'createServer', 'TLSSocket'],
  'node:http': ['createServer', 'get', 'request'],
  'node:https': ['createServer', 'get', 'request'],
  'node:child_process': ['exec', 'execFile', 'fork', 'spawn'],
  'node:worker_threads': ['Worker'],
  'nodemailer/lib/smtp-connection': ['default'],
  pg: ['Client', 'Pool'],
  'smtp-server': ['SMTPServer'],
}

/** An emitter needs a listener for its errors in the function that makes it, before anything can happen. */
const errorListener = {
  meta: {
    type: 'problem',
    messages: { missing: "Add .on('error', …) to it in the same function: {{name}} ends the process otherwise." },
  },
  create(context) {
    const makers = new Map()
    const listening = new Set()
    const made = []
    const functionOf = (node) => {
      for (let each = node.parent; each; each = each.parent) if (/Function|Program/.test(each.type)) return each
      return undefined
    }
    const check = (node) => {
      if (makers.has(node.callee.name)) made.push(node)
    }
    return {
      ImportDeclaration({ source, specifiers, importKind }) {
        const names = EMITTERS[source.value]
        if (!names || importKind === 'type') return
        for (const { imported, local } of specifiers) {
          const name = imported?.name ?? 'default'
          if (names.includes(name)) makers.set(local.name, `${local.name} of ${source.value}`)
        }
      },
      NewExpression: check,
      CallExpression(node) {
        check(node)
        const { callee, arguments: words } = node
        const isError = words[0]?.type === 'Literal' && words[0].value === 'error'
        if (callee.type !== 'MemberExpression' || callee.property.name !== 'on' || !isError) return
        for (let each = functionOf(node); each; each = functionOf(each)) listening.add(each)
      },
      'Program:exit'() {
        for (const node of made) {
          if (listening.has(functionOf(node))) continue
          context.report({ loc: node.loc, messageId: 'missing', data: { name: makers.get(node.callee.name) } })
        }
      },
    }
  },
}

export const house = {
  rules: {
    'error-listener': errorListener,
    'one-imap-client': oneImapClient,
    'todo-names-an-issue': todoNamesAnIssue,
  },
}
