import type { SignInStore } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { identityStore } from './identities.ts'
import { sessionStore } from './sessions.ts'
import { signInAttempts } from './sign-in-attempts.ts'
import { signInCodes } from './sign-in-codes.ts'
import { userStore } from './users.ts'

export function signInStore(context: StorageContext): SignInStore {
  return {
    users: userStore(context),
    sessions: sessionStore(context),
    codes: signInCodes(context),
    attempts: signInAttempts(context),
    identities: identityStore(context),
  }
}
