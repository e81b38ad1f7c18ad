/** What one client asked and what it was told. */
export interface Written {
  /** Members that join, those that leave, and a mark that is set; all in one request. */
  readonly add: readonly string[]
  readonly remove: readonly string[]
  readonly mark?: string
  readonly status: number
  /** Version of the group after it; undefined when it was refused. */
  readonly version?: number
  /** The version it was made conditional on. */
  readonly ifMatch?: number
}

export interface GroupState {
  readonly members: ReadonlySet<string>
  readonly mark: string | undefined
}

function after({ members, mark }: GroupState, { add, remove, mark: given }: Written): GroupState {
  const next = new Set(members)
  for (const id of remove) next.delete(id)
  for (const id of add) next.add(id)
  return { members: next, mark: given ?? mark }
}

export function isSame(left: GroupState, right: GroupState): boolean {
  return (
    left.mark === right.mark &&
    left.members.size === right.members.size &&
    [...left.members].every((id) => right.members.has(id))
  )
}

/**
 * The states a group went through, by version, if some serial order explains every answer: each version is the effect of
 * exactly one request on the version before, and requests told the same version beside it changed nothing. Throws else.
 */
export function serialStates(start: GroupState, answers: readonly Written[]): ReadonlyMap<number, GroupState> {
  const states = new Map([[1, start]])
  const byVersion = Map.groupBy(
    answers.filter(({ version }) => version !== undefined),
    ({ version }) => version ?? 0,
  )
  for (const each of byVersion.get(1) ?? []) assertIdle(start, each, 1)
  const last = Math.max(1, ...byVersion.keys())
  for (let version = 2; version <= last; version += 1) {
    const before = states.get(version - 1)
    const told = byVersion.get(version) ?? []
    const made = before === undefined ? undefined : explained(before, told, version)
    if (made === undefined) throw new Error(`No order of the requests explains version ${version}.`)
    states.set(version, made)
  }
  return states
}

function explained(before: GroupState, told: readonly Written[], version: number): GroupState | undefined {
  for (const writer of told) {
    const made = after(before, writer)
    const others = told.filter((each) => each !== writer)
    const isConditionMet = writer.ifMatch === undefined || writer.ifMatch === version - 1
    const isIdle = (each: Written) => isSame(made, after(made, each)) && (each.ifMatch ?? version) === version
    if (isConditionMet && !isSame(before, made) && others.every(isIdle)) return made
  }
  return undefined
}

function assertIdle(state: GroupState, written: Written, version: number): void {
  if (!isSame(state, after(state, written))) throw new Error(`A change was answered with the old version ${version}.`)
}
