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

export const house = { rules: { 'todo-names-an-issue': todoNamesAnIssue } }
