/** `1 person`, `2 people`: a number with its word, for sentences. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
