import { Link } from '@tanstack/react-router'
import { conversationIn } from './inside-links.ts'
import { splitNote, type NotePiece } from './mentions.ts'
import classes from './message.module.css'
import { MarkedBySearch } from './search/marked.tsx'

/** Text of a note with its links, and with the names of the people whom it mentions. */
export function NoteText({ text, names }: { text: string; names: readonly string[] }) {
  return splitNote(text, names).map((piece, n) => <Piece key={n} piece={piece} />)
}

function Piece({ piece }: { piece: NotePiece }) {
  const shown = <MarkedBySearch text={piece.text} />
  if (piece.kind === 'text') return shown
  if (piece.kind === 'mention') return <span className={classes.mention}>{shown}</span>
  const conversationId = conversationIn(piece.href, location.origin)
  return conversationId === undefined ? (
    <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
      {shown}
    </a>
  ) : (
    <Link to="/inbox/$conversationId" params={{ conversationId }}>
      {shown}
    </Link>
  )
}
