import type { User } from '../../ports/sign-in.ts'
import { rightsOf } from '../authority.ts'
import type { UseCase } from '../use-case.ts'

const peopleAtOnce = 1_000

/** Whoever may sign in, disabled ones too. */
export async function everybody({ store }: Pick<UseCase, 'store'>): Promise<readonly User[]> {
  const all: User[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await store.signIn.users.list({ limit: peopleAtOnce, cursor })
    all.push(...items)
    cursor = next
  } while (cursor !== undefined)
  return all
}

/** Whether anybody administers everywhere who needs no identity provider to come in. */
export async function hasAdministratorByPassword(useCase: Pick<UseCase, 'store'>): Promise<boolean> {
  return (await everybody(useCase)).some(isAdministratorByPassword)
}

function isAdministratorByPassword({ kind, hasPassword, disabledAt, grants }: User): boolean {
  return kind === 'local' && hasPassword && disabledAt === undefined && rightsOf(grants).roles.includes('admin')
}
