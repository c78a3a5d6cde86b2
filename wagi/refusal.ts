/** What the user can mend: one or two sentences, no stack. */
export class Refusal extends Error {}
