export const composer = {
  noAccount: 'There is no mailbox that you may send from.',
  notBegun: 'The message was not begun',
}
