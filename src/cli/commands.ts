import type { Command } from './command.ts'
import { accountCommands } from './commands/accounts.ts'
import { applyCommand } from './commands/apply.ts'
import { approveCommand } from './commands/approve.ts'
import { attributesCommand, targetAttributesCommand } from './commands/attributes.ts'
import { auditList, auditVerify } from './commands/audit.ts'
import { backupCommand } from './commands/backup.ts'
import { cancelCommand } from './commands/cancel.ts'
import { checkCommand } from './commands/check.ts'
import { connectionCommands } from './commands/connections.ts'
import { demoCommand } from './commands/demo.ts'
import { driftCommand } from './commands/drift.ts'
import { driftDecide, driftDecisionsCommand, driftRevoke } from './commands/drift-decisions.ts'
import { endCommands } from './commands/ends.ts'
import { exportCommand } from './commands/export.ts'
import { findCommand } from './commands/find.ts'
import { galleryCommand } from './commands/gallery.ts'
import { importCommand } from './commands/import.ts'
import { itemsCommand, itemsDecide, itemsDecisions, itemsRevoke } from './commands/items.ts'
import { localGroupCommands } from './commands/local-groups.ts'
import { localPeopleCommands } from './commands/local-people.ts'
import { channelCommands } from './commands/notification-channels.ts'
import { notificationCommands } from './commands/notifications.ts'
import { pauseCommands } from './commands/pause.ts'
import { personCommand } from './commands/person.ts'
import { planCommand } from './commands/plan.ts'
import { sourcesBaseline, sourcesPush, sourcesRequests, tokenRotate } from './commands/push.ts'
import { sourcesSetup } from './commands/push-setup.ts'
import { rekeyCommand } from './commands/re-key.ts'
import { rejectCommand } from './commands/reject.ts'
import { reportCommand, reportGroup, reportPerson } from './commands/report.ts'
import { restoreCommand } from './commands/restore.ts'
import { runsCommand } from './commands/runs.ts'
import { sandboxCommand } from './commands/sandbox.ts'
import { secretsList, secretsRotate } from './commands/secrets.ts'
import { serveCommand } from './commands/serve.ts'
import { singleSignOnCommands } from './commands/single-sign-on.ts'
import { syncCommand } from './commands/sync.ts'
import { takeOverCommand } from './commands/take-over.ts'
import { tokenCreate, tokenList, tokenRevoke } from './commands/token.ts'
import { tryCommand } from './commands/try.ts'
import { undoCommand } from './commands/undo.ts'
import { userCommands } from './commands/users.ts'
import { validateCommand } from './commands/validate.ts'
import { whyCommand } from './commands/why.ts'

/** The command table: what is not here cannot be typed, and help is made from it. */
export const commands: readonly Command[] = [
  demoCommand,
  serveCommand,
  sandboxCommand,
  validateCommand,
  checkCommand,
  findCommand,
  importCommand,
  exportCommand,
  ...endCommands('sources'),
  galleryCommand,
  tryCommand,
  attributesCommand,
  targetAttributesCommand,
  sourcesPush,
  sourcesSetup,
  sourcesBaseline,
  sourcesRequests,
  ...endCommands('targets'),
  takeOverCommand,
  rekeyCommand,
  ...connectionCommands,
  ...localPeopleCommands,
  ...localGroupCommands,
  planCommand,
  approveCommand,
  rejectCommand,
  applyCommand,
  syncCommand,
  undoCommand,
  personCommand,
  whyCommand,
  reportCommand,
  reportGroup,
  reportPerson,
  runsCommand,
  cancelCommand,
  ...pauseCommands,
  driftCommand,
  driftDecide,
  driftDecisionsCommand,
  driftRevoke,
  ...accountCommands,
  itemsCommand,
  itemsDecide,
  itemsDecisions,
  itemsRevoke,
  ...notificationCommands,
  ...channelCommands,
  ...userCommands,
  ...singleSignOnCommands,
  tokenCreate,
  tokenList,
  tokenRotate,
  tokenRevoke,
  secretsList,
  secretsRotate,
  auditList,
  auditVerify,
  backupCommand,
  restoreCommand,
]
