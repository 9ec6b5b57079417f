import { ProblemAlert } from "../../components/problem-alert.tsx";
import { isNotFound } from "../api.ts";
import { NotFoundPage } from "./error-pages.tsx";

/** In place of a page whose subject could not be read: there is none, or not for this person, or it failed. */
export function QueryFailed(props: { readonly query: { readonly error: Error | null; refetch(): unknown } }) {
  const { error, refetch } = props.query;
  if (error === null) {
    return null;
  }
  return isNotFound(error) ? <NotFoundPage /> : <ProblemAlert error={error} onRetry={() => void refetch()} />;
}
