export const pictureWords = {
  'picture.changes': '{count, plural, =0 {no change} one {# change} other {# changes}}',
  'picture.columns': 'What each run planned',
  'picture.columnsSentence':
    '{runs, plural, one {# run} other {# runs}}, the oldest at the left; at most {highest, plural, one {# change} other {# changes}} in one of them.',
  'picture.cut': 'Only the newest {count, number} runs are drawn.',
  'picture.read.sourceGroups': 'Groups in the source',
  'picture.read.sourceUsers': 'People in the source',
  'picture.read.sourceUsersInScope': 'People in scope',
  'picture.read.targetAccounts': 'Accounts in the target',
  'picture.read.unproven': 'Parts not proven',
  'picture.reads': 'What was read over time',
  'picture.readsSentence':
    '{runs, plural, one {# read} other {# reads}}: {before, number} people in the source at the first, {now, number} at the last.',
  'picture.sort.change': 'Changed',
  'picture.sort.create': 'Given',
  'picture.sort.note': 'Only noted',
  'picture.sort.remove': 'Taken away',
  'picture.span': 'Time shown',
  'picture.span.day': '24 hours',
  'picture.span.month': '30 days',
  'picture.span.week': '7 days',
  'picture.table': 'The same as a table',
  'picture.timeline': 'Run timeline',
  'picture.timelineSentence':
    '{runs, plural, =0 {No run} one {# run} other {# runs}} of {connections, plural, =0 {any connection} one {# connection} other {# connections}} in the last {span, select, day {24 hours} week {7 days} other {30 days}}. Height is the number of changes, colour the state.',
} as const
