export const accountActions = {
  title: (isMicrosoft: boolean) => (isMicrosoft ? 'Actions at Microsoft' : 'Actions in the mailbox'),
  sentence: (isMicrosoft: boolean) =>
    `The team’s work in Postkey changes messages ${
      isMicrosoft ? 'at Microsoft' : 'on the mail server'
    } only where you switch it on. It applies to changes from now on. In return, mail read, moved to Junk or deleted ${
      isMicrosoft ? 'in Outlook' : 'in another mail program'
    } always changes its conversation in Postkey.`,
  marksRead: 'Mark as read',
  marksReadHint: (isMicrosoft: boolean) =>
    `When someone reads or closes a conversation, its received messages are marked as read for everyone who opens the mailbox, ${
      isMicrosoft ? 'in Outlook too' : 'in other mail programs too'
    }.`,
  movesClosed: 'Move closed conversations',
  movesClosedHint:
    'When someone closes a conversation, its received messages leave the inbox for the chosen folder. They move back when someone reopens it within 30 days; new mail leaves them there. Sent messages stay in Sent.',
  movesSpam: 'Move spam',
  movesSpamHint: (isMicrosoft: boolean) =>
    `When someone marks a conversation as spam, its received messages move to ${
      isMicrosoft ? 'Junk Email' : 'Junk'
    }, where the mail service may learn from them. “Not spam” moves them back to the inbox.`,
  movesDeleted: 'Move deleted conversations',
  movesDeletedHint: (isMicrosoft: boolean) =>
    `When someone deletes a conversation, its received messages move to ${
      isMicrosoft ? 'Deleted Items, which Microsoft empties' : 'Trash, which the mail server may empty'
    } by its own rules. Postkey keeps its copy. Restoring moves them back.`,
  folder: 'Folder for closed conversations',
  chooseFolder: 'Choose a folder',
  folderGone: 'The chosen folder no longer exists. Choose another one.',
  noFolders: (isMicrosoft: boolean) =>
    `The mailbox has no folder for this. Create one in ${
      isMicrosoft ? 'Outlook' : 'a mail program'
    }, then open this page again.`,
  noFolderFound: 'No matching folder',
  nothingWaits: 'No action is waiting.',
  waiting: (count: number) =>
    count === 1 ? '1 message is waiting for its action.' : `${count} messages are waiting for their actions.`,
  failed: (count: number) =>
    count === 1 ? 'The action of 1 message failed' : `The actions of ${count} messages failed`,
  failedHint: 'These messages stayed as they were in the mailbox.',
  leftOut: (count: number) =>
    `${count} ${count === 1 ? 'conversation was' : 'conversations were'} left out, because more than 20,000 messages were waiting. They stayed as they were in the mailbox.`,
  fault: 'Actions are waiting',
  since: 'Since',
  next: 'Next attempt',
  retry: 'Try again now',
  unavailable: 'Actions can’t be switched on',
}
