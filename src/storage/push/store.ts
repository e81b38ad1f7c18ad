import type { PushStore } from '../../ports/push-directory.ts'
import type { StorageContext } from '../context.ts'
import { pushDirectory } from './directory.ts'
import { pushRequests } from './requests.ts'
import { pushTokens } from './tokens.ts'

export function pushStore(context: StorageContext): PushStore {
  return { directory: pushDirectory(context), tokens: pushTokens(context), requests: pushRequests(context) }
}
