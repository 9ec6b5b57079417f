const DEADLOCK = "40P01";
const ATTEMPTS = 5;

/** Runs a transaction again when PostgreSQL ended it to break a deadlock: then it has changed nothing. */
export async function retryDeadlock<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isDeadlock(error)) {
        throw error;
      }
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === DEADLOCK;
}
