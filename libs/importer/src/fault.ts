/** The import cannot go on: a wrong option, an unreadable file, a door that does not answer. Its message is for a person. */
export class ImportFault extends Error {}

/** One row cannot become a command. `field` is the command's field (or the column), `reason` is stable, the message never repeats the value. */
export class RowRefused extends Error {
  constructor(
    readonly field: string,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}
