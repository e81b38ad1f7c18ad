export const helpWords = {
  'help.connections': 'Rules of',
  'help.empty': 'Nothing is called that here',
  'help.emptyLead': 'Try a part of the word, or the name another product has for it.',
  'help.known': 'Known elsewhere as {aliases}.',
  'help.lead': 'What is called something else in the product you know, and where it stands here.',
  'help.open': 'Open: {page}',
  'help.search': 'Search by our words or by theirs',
  'help.text.byName':
    'Groups of the source become groups of the target under the same name, or under what a chain of steps makes of it. New groups are made as they appear.',
  'help.text.byTable':
    'A table says which group of the source fills which group of the target. Several may fill one; what the table does not name is left alone.',
  'help.text.defaults':
    'Groups that everybody gets, or everybody who is new. They are never the reason to take something away.',
  'help.text.departures':
    'What happens to somebody who is disabled at the source, and to somebody who is no longer there: nothing, out of the managed groups, without access, deactivated - at once or after days, in stages. Each says what can be taken back.',
  'help.text.drift':
    'What somebody else changed in a target since Muster wrote it, since when, and what the next plan makes of it. On the page of a connection: Drift.',
  'help.text.export':
    'Sources, targets and connections as one YAML file without secrets. The same file can be applied with `muster import` or given to `muster serve --config`.',
  'help.text.fourEyes':
    'With two people needed, whoever approves a plan is neither who started its run nor who changed its rules. Beside it stands how long a plan can be approved.',
  'help.text.leads':
    'Jira refuses to deactivate somebody who leads a project or a component. A successor is named here and put in place first.',
  'help.text.limits':
    'How many people may be deactivated, removed, created or changed by one run and one day before it waits for a person. Reads that suddenly find fewer people hold everything that takes away.',
  'help.text.local': 'People and groups that are kept here, for those whom no directory knows.',
  'help.text.mapping':
    'Which attribute of the source becomes which attribute of the account, through a chain of steps. It is shown on a real person while you edit.',
  'help.text.match':
    'How a person of the source and an account of the target find each other the first time: by id, by address. From then on the link counts, whatever either is called.',
  'help.text.neverTouch':
    'Accounts that no run changes, whatever the rules say; and nobody takes the last administrator away.',
  'help.text.notifications':
    'E-mail, webhooks and Slack tell that a plan waits, a run failed, or a credential ends soon. Each channel is tried before it is saved.',
  'help.text.oidc':
    'People sign in at your identity provider; which of its groups gives which role here is a rule, tried on claims before it is saved.',
  'help.text.oneEnd':
    'Every source and target is tested step by step: name, address, certificate, sign-in, rights, a first read. Each step that fails says what to do.',
  'help.text.ownership':
    'Whether memberships that were there before, or were given by hand, stay. Four ways, each shown before and after; the usual one takes away only what Muster itself gave.',
  'help.text.person':
    'One page about one person over all sources and targets: records, accounts and their states, every group with who vouches for it, what is open, what was done last.',
  'help.text.preview':
    'A whole plan, computed from real reads of both sides; nothing is sent. It can be approved and applied exactly as it was seen.',
  'help.text.protected':
    'Groups that are never filled, emptied or removed. Groups that administer something are protected anyway.',
  'help.text.push':
    'The identity provider sends people and groups by itself (SCIM 2.0). The page of the source has the address, the token and the steps for each provider.',
  'help.text.report':
    'What was done to whom, when, why, and with which outcome; as a file for a spreadsheet or a program.',
  'help.text.retire':
    'A connection that goes out of use can take away what it alone gave. What happens to accounts it made is chosen then; the plan waits for a person.',
  'help.text.run': 'Reads both sides and makes a plan; how far it goes on alone is the mode of the connection.',
  'help.text.schedule':
    'At an interval or at times of day, within windows, in your time zone. A push begins a run by itself.',
  'help.text.scope':
    'Who takes part: by groups of the source or by attributes. Whoever leaves the scope only because a rule changed is listed apart.',
  'help.text.searchUser':
    'One person as the source shows them, with their groups, and what each connection would do with them. Nothing is changed.',
  'help.text.tokens': 'For scripts and the command line: made with one role, shown once, ended at once.',
  'help.text.transform':
    'Steps that make the name of a group: trim, change case, replace by an expression, put in front. Tried at once on the real names of the source.',
  'help.text.trial':
    'The first answer of a source, five people as they are mapped and the members of one group, from settings that are not saved yet.',
  'help.text.undo':
    'A new plan takes back what a run did and nobody changed since; of the whole run, of chosen changes, or of one person.',
  'help.text.why':
    'Why somebody has an account, a value or a group, from the record at the source to what was done; also as it was after an earlier run.',
  'help.text.work':
    'Whom no rule can decide about: several accounts, nobody to match, an account that vanished or was suspended by somebody else, somebody who came back. Answers are remembered and can be taken back.',
  'help.title': 'Help',
  'help.topic.byName': 'Groups by name',
  'help.topic.byTable': 'Groups by table',
  'help.topic.defaults': 'Default groups',
  'help.topic.departures': 'When a person is disabled or has left',
  'help.topic.drift': 'Drift',
  'help.topic.export': 'Configuration as a file',
  'help.topic.fourEyes': 'Two people for one plan',
  'help.topic.leads': 'Project and component leads',
  'help.topic.limits': 'Limits and guards',
  'help.topic.local': 'Local directory',
  'help.topic.mapping': 'Attributes',
  'help.topic.match': 'Matching people and accounts',
  'help.topic.neverTouch': 'Accounts that are never touched',
  'help.topic.notifications': 'Notifications',
  'help.topic.oidc': 'Sign-in by an identity provider',
  'help.topic.oneEnd': 'Test a source or a target',
  'help.topic.ownership': 'Ownership of memberships',
  'help.topic.person': 'Everything about one person',
  'help.topic.preview': 'Preview',
  'help.topic.protected': 'Protected groups',
  'help.topic.push': 'SCIM push',
  'help.topic.report': 'Report',
  'help.topic.retire': 'Retire a connection',
  'help.topic.run': 'Run now',
  'help.topic.schedule': 'Schedule',
  'help.topic.scope': 'Scope',
  'help.topic.searchUser': 'Search user',
  'help.topic.tokens': 'API tokens',
  'help.topic.transform': 'Steps for group names',
  'help.topic.trial': 'Try it before saving',
  'help.topic.undo': 'Undo',
  'help.topic.why': 'Why',
  'help.topic.work': 'Work lists and decisions',
  'search.empty': 'Nothing found for “{text}”',
  'search.failed': 'People and groups could not be searched: {message}',
  'search.group.ends': 'Sources and targets',
  'search.group.groups': 'Groups',
  'search.group.help': 'Help',
  'search.group.pages': 'Pages',
  'search.group.people': 'People',
  'search.group.runs': 'Runs and connections',
  'search.hint': 'Arrow keys choose, Enter opens, Escape closes.',
  'search.open': 'Search',
  'search.placeholder': 'Person, group, connection, run number, setting …',
  'search.results': '{count, plural, =0 {Nothing found} one {# result} other {# results}}',
} as const
