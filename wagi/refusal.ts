/** An error that the user can fix: one or two sentences, no stack trace. */
export class Refusal extends Error {}
