/**
 * The custom resource cannot do what is asked. Its message is written for the stack's events: what is wrong, where, what to
 * do, and never a value. No other error's message is ever shown (see `errorName`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
