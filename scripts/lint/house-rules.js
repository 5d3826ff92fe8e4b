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

export const house = { rules: { 'todo-names-an-issue': todoNamesAnIssue, 'one-imap-client': oneImapClient } }
